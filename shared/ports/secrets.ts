/** Where the API key comes from. Throws a ConnectorError that says what is wrong and never what the secret is. */
export interface Secrets {
  read(): Promise<string>;
  /** True where a second read may give a newer value (`latest`). */
  readonly rotates: boolean;
}
