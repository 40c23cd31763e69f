/** The parameters that inputs have set so far. It finds two inputs for the same parameter in one step each. */
export class SeenNames {
  /** Each path that was set, with its input. */
  private readonly whole = new Map<string, string>();
  /** Each path with a member that was set. */
  private readonly outer = new Map<string, string>();

  /** Records an input. Returns an earlier input that set the same parameter, its parent or one of its members. */
  take(path: readonly string[], name: string): string | undefined {
    const prefixes = path.map((_, index) => path.slice(0, index + 1).join('.'));
    const joined = prefixes.at(-1) ?? '';
    for (const prefix of prefixes) {
      const conflict = this.whole.get(prefix);
      if (conflict !== undefined) return conflict;
    }
    const inside = this.outer.get(joined);
    if (inside !== undefined) return inside;
    this.whole.set(joined, name);
    for (const prefix of prefixes.slice(0, -1)) this.outer.set(prefix, name);
    return undefined;
  }
}
