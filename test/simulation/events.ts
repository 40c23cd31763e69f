/** A heap of things to happen, by time; equal times in order of arrival. */
export class Events {
  private readonly heap: { readonly at: number; readonly order: number; readonly happen: () => void }[] = [];
  private order = 0;
  now = 0;

  at(time: number, happen: () => void): void {
    const entry = { at: Math.max(time, this.now), order: (this.order += 1), happen };
    let hole = this.heap.push(entry) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!before(entry, this.heap[parent]!)) break;
      this.heap[hole] = this.heap[parent]!;
      hole = parent;
    }
    this.heap[hole] = entry;
  }

  after(delay: number, happen: () => void): void {
    this.at(this.now + delay, happen);
  }

  runUntil(end: number): void {
    for (let first = this.heap[0]; first !== undefined && first.at <= end; first = this.heap[0]) {
      this.now = first.at;
      this.pop();
      first.happen();
    }
    this.now = end;
  }

  private pop(): void {
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return;
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      if (left >= this.heap.length) break;
      const right = left + 1;
      const child = right < this.heap.length && before(this.heap[right]!, this.heap[left]!) ? right : left;
      if (!before(this.heap[child]!, last)) break;
      this.heap[hole] = this.heap[child]!;
      hole = child;
    }
    this.heap[hole] = last;
  }
}

function before(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Chance that can be repeated: mulberry32. */
export class Chance {
  constructor(private state: number) {}

  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(least: number, most: number): number {
    return least + this.fraction() * (most - least);
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** Time to the next of events that come at random, `perMs` on average. */
  gap(perMs: number): number {
    return -Math.log(1 - this.fraction()) / perMs;
  }
}
