/** The parameters that the inputs have set so far. Detects a second input for the same parameter. */
export class SeenNames {
  /** Path of a parameter -> name of the input that set the parameter. */
  private readonly setPaths = new Map<string, string>();
  /** Path of an object in the parameters -> name of the last input that set a member of the object. */
  private readonly parentPaths = new Map<string, string>();

  /** Adds an input. Returns the earlier input, if any, that set the same parameter, its parent or one of its members. */
  add(path: readonly string[], name: string): string | undefined {
    const prefixes = path.map((_, index) => path.slice(0, index + 1).join('.'));
    const joined = prefixes.at(-1) ?? '';
    for (const prefix of prefixes) {
      const conflict = this.setPaths.get(prefix);
      if (conflict !== undefined) return conflict;
    }
    const member = this.parentPaths.get(joined);
    if (member !== undefined) return member;
    this.setPaths.set(joined, name);
    for (const prefix of prefixes.slice(0, -1)) this.parentPaths.set(prefix, name);
    return undefined;
  }
}
