import { ID_PREFIXES } from '../catalog/ids/id-prefixes.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Generates pseudorandom ids. The same seed gives the same ids. */
export class IdSource {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /**
   * Position in the sequence of ids. A snapshot stores the position, so that a restored sandbox does not generate the
   * same ids again.
   */
  get position(): number {
    return this.state;
  }

  set position(state: number) {
    this.state = state;
  }

  /**
   * Returns an id such as `cus_` and 24 letters or digits. For a kind without a known prefix, the prefix consists of
   * the initials of its words. For a kind with an empty prefix, such as `coupon`, the id is 8 letters or digits.
   */
  id(kind: string): string {
    const prefix =
      ID_PREFIXES[kind] ??
      kind
        .replace(/^.*\./, '')
        .split('_')
        .map((word) => word.charAt(0))
        .join('');
    return prefix === '' ? this.letters(8) : `${prefix}_${this.letters(24)}`;
  }

  letters(count: number): string {
    return Array.from({ length: count }, () => ALPHABET.charAt(this.next() % ALPHABET.length)).join('');
  }

  /** Returns a number in [0, 1). */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** Returns the next 32 bits of xorshift32, which is random enough for test data. */
  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }
}
