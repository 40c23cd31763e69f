/** As much of MessagePack as Terraform writes values in. https://github.com/msgpack/msgpack/blob/master/spec.md */

/** A value that is known only after an apply. */
export const UNKNOWN = Symbol('unknown');

/** Reads one value: null, a boolean, a number, a text, a list, an object, or `UNKNOWN`. */
export function unpack(bytes: Buffer): unknown {
  return new Reader(bytes).value();
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  value(): unknown {
    const head = this.number(1);
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    if (head < 0x90) return this.object(head & 0x0f);
    if (head < 0xa0) return this.list(head & 0x0f);
    if (head < 0xc0) return this.text(head & 0x1f);
    return this.marked(head);
  }

  private marked(head: number): unknown {
    if (head === 0xc0) return null;
    if (head === 0xc2 || head === 0xc3) return head === 0xc3;
    if (head >= 0xcc && head <= 0xcf) return this.number(2 ** (head - 0xcc));
    if (head >= 0xd0 && head <= 0xd3) return this.signed(2 ** (head - 0xd0));
    if (head === 0xca || head === 0xcb) return this.float(head === 0xca ? 4 : 8);
    if (head >= 0xd9 && head <= 0xdb) return this.text(this.number(2 ** (head - 0xd9)));
    if (head === 0xdc || head === 0xdd) return this.list(this.number(head === 0xdc ? 2 : 4));
    if (head === 0xde || head === 0xdf) return this.object(this.number(head === 0xde ? 2 : 4));
    // Extensions: what Terraform does not know yet, with or without its type.
    const length = head >= 0xd4 && head <= 0xd8 ? 2 ** (head - 0xd4) : this.number(2 ** (head - 0xc7));
    this.at += 1 + length;
    return UNKNOWN;
  }

  private number(length: number): number {
    const from = this.at;
    this.at += length;
    return length === 8 ? Number(this.bytes.readBigUInt64BE(from)) : this.bytes.readUIntBE(from, length);
  }

  private signed(length: number): number {
    const from = this.at;
    this.at += length;
    return length === 8 ? Number(this.bytes.readBigInt64BE(from)) : this.bytes.readIntBE(from, length);
  }

  private float(length: 4 | 8): number {
    const from = this.at;
    this.at += length;
    return length === 4 ? this.bytes.readFloatBE(from) : this.bytes.readDoubleBE(from);
  }

  private text(length: number): string {
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  private list(length: number): unknown[] {
    return Array.from({ length }, () => this.value());
  }

  private object(length: number): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length }, () => [String(this.value()), this.value()]));
  }
}

/** Writes what `unpack` reads. */
export function pack(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from([0xc0]);
  if (value === UNKNOWN) return Buffer.from([0xd4, 0, 0]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === 'number') return packNumber(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(0xdb, bytes.length), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([head(0xdd, value.length), ...value.map(pack)]);
  const entries = Object.entries(value);
  return Buffer.concat([head(0xdf, entries.length), ...entries.flatMap(([key, held]) => [pack(key), pack(held)])]);
}

function packNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  // A whole number as such: Terraform compares a float of the same value as another number.
  bytes[0] = Number.isSafeInteger(value) ? 0xd3 : 0xcb;
  if (bytes[0] === 0xd3) bytes.writeBigInt64BE(BigInt(value), 1);
  else bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** A marker with a length of 32 bits. */
function head(marker: number, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = marker;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}
