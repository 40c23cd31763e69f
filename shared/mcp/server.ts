/** A tool in MCP's format: name, input schema, and hints about the effects of the tool. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

export interface ToolPage {
  readonly tools: readonly Tool[];
  readonly nextCursor?: string | undefined;
}

export interface ToolOutcome {
  readonly failed: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/** One violation of a JSON Schema. */
export interface SchemaIssue {
  readonly path: readonly string[];
  readonly keyword: string;
  readonly message: string;
}

/** Validates a value against a JSON Schema (2020-12). Returns an empty list for a valid value. */
export type SchemaValidator = (schema: object, value: unknown) => readonly SchemaIssue[];

/**
 * The tools of one connection. `list` throws RangeError for an invalid cursor, `call` for an unknown name, and both if
 * the response is full. The message of the error is sent to the client.
 */
export interface Tools {
  list(cursor: string | undefined): ToolPage;
  /** Calls a tool. `input` has the client's arguments. `check` validates them against the schema of the tool. */
  call(name: string, input: Readonly<Record<string, unknown>>, check: SchemaValidator): Promise<ToolOutcome>;
}

/** Handles a request of a client, which contains one MCP message or a batch. https://modelcontextprotocol.io */
export interface ToolServer {
  handle(
    message: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown },
    tools: Tools,
  ): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }>;
}
