/** The parameters that inputs have filled so far, so that two inputs for the same one are found in one step each. */
export class SeenNames {
  /** Each path that was given, by the input that gave it. */
  private readonly whole = new Map<string, string>();
  /** Each path that something inside was given of. */
  private readonly outer = new Map<string, string>();

  /** Notes an input. What was given before is answered instead where it is the same parameter, its whole or its part. */
  take(path: readonly string[], name: string): string | undefined {
    const ways = path.map((_, index) => path.slice(0, index + 1).join('.'));
    const joined = ways.at(-1) ?? '';
    for (const way of ways) {
      const rival = this.whole.get(way);
      if (rival !== undefined) return rival;
    }
    const inside = this.outer.get(joined);
    if (inside !== undefined) return inside;
    this.whole.set(joined, name);
    for (const way of ways.slice(0, -1)) this.outer.set(way, name);
    return undefined;
  }
}
