/** What an agent may do: a name, what it takes, and how careful to be with it. */
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
  readonly nextCursor?: string;
}

export interface ToolOutcome {
  readonly failed: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/** One thing that is wrong with a value by a JSON Schema: where, by which keyword, in words. */
export interface SchemaIssue {
  readonly path: readonly string[];
  readonly keyword: string;
  readonly message: string;
}

/** Holds a value to a JSON Schema (2020-12); nothing is wrong where the answer is empty. */
export type SchemaValidator = (schema: object, value: unknown) => readonly SchemaIssue[];

/** The tools of one connection. Both throw a RangeError with words for the agent where a name or cursor is none. */
export interface Tools {
  list(cursor: string | undefined): ToolPage;
  /** The arguments as the agent wrote them: the tool holds them to its own schema by `check`. */
  call(name: string, input: Readonly<Record<string, unknown>>, check: SchemaValidator): Promise<ToolOutcome>;
}

/** Speaks the Model Context Protocol: one message of an agent in, its answer out. https://modelcontextprotocol.io */
export interface ToolServer {
  handle(
    message: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown },
    tools: Tools,
  ): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }>;
}
