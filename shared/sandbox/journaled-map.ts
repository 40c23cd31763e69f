/** A map that can undo the changes of one request. */
export class JournaledMap<V> extends Map<string, V> {
  /** The value that each changed key had at `begin`. An empty array means that the key did not exist. */
  private readonly valuesBefore = new Map<string, readonly [] | readonly [V]>();
  /** All entries before the first deletion since `begin`. Without this copy, `undo` could not restore their order. */
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
    this.valuesBefore.clear();
    this.entriesBefore = undefined;
  }

  /** Restores the state at `begin`. */
  undo(): void {
    if (this.entriesBefore === undefined) this.restoreValues();
    else this.restoreEntries(this.entriesBefore);
    this.begin();
  }

  /** Restores the changed keys. No key was deleted, so the order of the other keys has not changed. */
  private restoreValues(): void {
    for (const [key, [value]] of this.valuesBefore)
      if (value === undefined) super.delete(key);
      else super.set(key, value);
  }

  /** Restores all entries in their order. */
  private restoreEntries(entries: readonly (readonly [string, V])[]): void {
    super.clear();
    for (const [key, value] of entries) {
      const [valueBefore] = this.valuesBefore.get(key) ?? [value];
      if (valueBefore !== undefined) super.set(key, valueBefore);
    }
  }

  /** Records the value that a key has before its first change since `begin`. */
  private recordBefore(key: string): void {
    if (this.valuesBefore.has(key)) return;
    const value = this.get(key);
    this.valuesBefore.set(key, value === undefined ? [] : [value]);
  }
}
