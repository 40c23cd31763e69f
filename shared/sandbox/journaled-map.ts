/** A map that can undo the changes of one request. */
export class JournaledMap<V> extends Map<string, V> {
  /** The value that each changed key had at `begin`. An empty array is a key that did not exist. */
  private readonly before = new Map<string, readonly [] | readonly [V]>();
  /** All entries before the first deletion since `begin`. Only a copy of all of them can restore their order. */
  private entriesBefore: readonly (readonly [string, V])[] | undefined;

  override set(key: string, value: V): this {
    this.recordBefore(key);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.entriesBefore ??= [...this];
    this.recordBefore(key);
    return super.delete(key);
  }

  /** Marks the current state as the one that `undo` restores. */
  begin(): void {
    this.before.clear();
    this.entriesBefore = undefined;
  }

  undo(): void {
    const { entriesBefore } = this;
    const changed = new Map(this.before);
    if (entriesBefore === undefined) {
      for (const [key, [value]] of changed)
        if (value === undefined) super.delete(key);
        else super.set(key, value);
    } else {
      super.clear();
      for (const [key, value] of entriesBefore) {
        const before = changed.get(key);
        if (before === undefined) super.set(key, value);
        else if (before[0] !== undefined) super.set(key, before[0]);
      }
    }
    this.begin();
  }

  private recordBefore(key: string): void {
    if (this.before.has(key)) return;
    const value = this.get(key);
    this.before.set(key, value === undefined ? [] : [value]);
  }
}
