/** A map that can undo what one request did to it. */
export class JournaledMap<V> extends Map<string, V> {
  /** The first state of each key since `begin`; absent keys were not there. */
  private readonly former = new Map<string, readonly [] | readonly [V]>();
  /** Every entry as it was before the first deletion: only that keeps the order. */
  private whole: readonly (readonly [string, V])[] | undefined;

  override set(key: string, value: V): this {
    this.remember(key);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.whole ??= [...this];
    this.remember(key);
    return super.delete(key);
  }

  /** What is there now is what `undo` goes back to. */
  begin(): void {
    this.former.clear();
    this.whole = undefined;
  }

  undo(): void {
    const { whole } = this;
    const first = new Map(this.former);
    if (whole === undefined) {
      for (const [key, [value]] of first)
        if (value === undefined) super.delete(key);
        else super.set(key, value);
    } else {
      super.clear();
      for (const [key, value] of whole) {
        const former = first.get(key);
        if (former === undefined) super.set(key, value);
        else if (former[0] !== undefined) super.set(key, former[0]);
      }
    }
    this.begin();
  }

  private remember(key: string): void {
    if (this.former.has(key)) return;
    const value = this.get(key);
    this.former.set(key, value === undefined ? [] : [value]);
  }
}
