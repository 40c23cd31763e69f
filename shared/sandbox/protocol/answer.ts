/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  /** A Buffer is a file. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
