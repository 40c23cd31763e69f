/**
 * The start of every generated client, copied unchanged: it calls the functions. It imports nothing.
 * The generated file defines the types `Entities` and `Actions` after it. Here they accept everything.
 */
export interface Entities {
  [entity: string]: { operations: string; row: unknown; create: unknown; update: unknown };
}
export interface Actions {
  [action: string]: { input: unknown; result: unknown };
}
/** Functions for one operation of these entities. */
export interface Functions {
  [name: string]: { operation: string; entities: string };
}
/** Functions for one action, and those that the manifest restricts to some actions. */
export const OWN_FUNCTIONS: Readonly<Record<string, string>> = {};
export const RESTRICTED_FUNCTIONS: Readonly<Record<string, string>> = {};
// --- the client begins here
export interface ClientOptions {
  /** The address of the functions: one server with their names as paths, or one address each. */
  readonly address: string | ((functionName: string) => string);
  /** Headers such as `Authorization`. Called before every request. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  /** A Connect account that the connection allows. */
  readonly accountId?: string;
  /** Lowers the class in which the call waits: writes and actions are `interactive`, Get and List are `read`. */
  readonly priority?: 'interactive' | 'read' | 'bulk';
  readonly signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  /** The idempotency key: repeated calls with it have one effect. */
  readonly operationId?: string;
}

export interface ListOptions extends CallOptions {
  readonly filterClause?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly sortBy?: string;
  readonly fields?: readonly string[];
  readonly consistency?: 'strong' | 'eventual';
}

/** One object by its id, or every object that a clause matches. */
export type Target = string | { readonly filterClause: string; readonly maxAffected?: number };

export interface Written<Output> {
  readonly output: Output;
  readonly operationId: string;
  readonly effect: 'none' | 'done' | 'unknown';
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextPageToken: string | null;
}

/** The connector's error response. */
export class ConnectorFailure extends Error {
  override readonly name = 'ConnectorFailure';
  readonly httpStatus: number;
  /** Google's canonical code, such as INVALID_ARGUMENT. */
  readonly status: string;
  /** A stable identifier for programs: INVALID_INPUT, RATE_LIMITED, CARD_DECLINED ... */
  readonly reason: string;
  readonly retryable: boolean;
  readonly operationId: string | undefined;
  readonly effect: string | undefined;
  readonly stripeRequestId: string | undefined;
  readonly violations: readonly { readonly field: string; readonly description: string }[];

  constructor(httpStatus: number, body: unknown) {
    const error = (body as { error?: { status?: string; message?: string; details?: object[] } } | null)?.error ?? {};
    super(error.message ?? `HTTP ${httpStatus}`);
    const details = Object.assign({}, ...(error.details ?? [])) as {
      reason?: string;
      metadata?: Record<string, string>;
      fieldViolations?: { field: string; description: string }[];
    };
    this.httpStatus = httpStatus;
    this.status = error.status ?? 'UNKNOWN';
    this.reason = details.reason ?? 'UNKNOWN';
    this.retryable = details.metadata?.['retryable'] === 'true';
    this.operationId = details.metadata?.['operationId'];
    this.effect = details.metadata?.['effect'];
    this.stripeRequestId = details.metadata?.['requestId'];
    this.violations = details.fieldViolations ?? [];
  }
}

interface EntityCalls<E extends keyof Entities> {
  List: {
    list(options?: ListOptions): Promise<Page<Entities[E]['row']>>;
    /** Iterates over every row, page by page. */
    rows(options?: ListOptions): AsyncGenerator<Entities[E]['row']>;
  };
  Get: { get(id?: string, options?: CallOptions): Promise<Entities[E]['row']> };
  Create: { create(input: Entities[E]['create'], options?: WriteOptions): Promise<Written<{ Id: string }>> };
  Update: { update(target: Target, input: Entities[E]['update'], options?: WriteOptions): Promise<Written<unknown>> };
  Delete: { delete(target: Target, options?: WriteOptions): Promise<Written<unknown>> };
}

type All<U> = (U extends unknown ? (value: U) => void : never) extends (all: infer I) => void ? I : never;

/** The methods of the operations that Stripe has for the entity. */
export type EntityClient<E extends keyof Entities> = All<
  EntityCalls<E>[Extract<Entities[E]['operations'], keyof EntityCalls<E>>]
>;

/** Restricted functions for the entity. */
export type FunctionsOf<E extends keyof Entities> = {
  [F in keyof Functions]: E extends Functions[F]['entities'] ? F : never;
}[keyof Functions];

export interface Client {
  entity<E extends keyof Entities>(name: E): EntityClient<E>;
  /**
   * The operation of a restricted function for the entity, called at that function: `entity('Customer', 'customer-
   * list').list()`.
   */
  entity<E extends keyof Entities, F extends FunctionsOf<E>>(
    name: E,
    through: F,
  ): EntityCalls<E>[Extract<Functions[F]['operation'], keyof EntityCalls<E>>];
  action<A extends keyof Actions>(
    name: A,
    input: Actions[A]['input'],
    options?: WriteOptions,
  ): Promise<Written<Actions[A]['result']>>;
}

type Body = Readonly<Record<string, unknown>>;

export function stripeConnector({ address, headers, fetch: fetched = fetch }: ClientOptions): Client {
  const addressOf = (name: string): string =>
    typeof address === 'string' ? `${address.replace(/\/$/, '')}/${name}` : address(name);
  const call = async (name: string, body: Body, options: CallOptions = {}): Promise<Record<string, unknown>> => {
    const { signal, ...more } = options;
    const response = await fetched(addressOf(name), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(await headers?.()) },
      body: JSON.stringify({ ...body, ...more }),
      ...(signal === undefined ? {} : { signal }),
    });
    const input: unknown = await response.json().catch(() => null);
    if (!response.ok) throw new ConnectorFailure(response.status, input);
    return input as Record<string, unknown>;
  };
  const written = async <Output>(name: string, body: Body, options?: WriteOptions): Promise<Written<Output>> => {
    const { connectorOutputPayload: output, operationId, effect } = await call(name, body, options);
    return { output, operationId, effect } as Written<Output>;
  };
  const targeted = (target: Target): Body => (typeof target === 'string' ? { entityId: target } : target);
  const list = async (name: string, entity: string, options: ListOptions = {}): Promise<Page<unknown>> => {
    const { pageSize, pageToken, sortBy, accountId, signal, ...rest } = options;
    const response = await call(
      name,
      {
        entity,
        ...rest,
        ...(pageSize === undefined ? {} : { listEntitiesPageSize: pageSize }),
        ...(pageToken === undefined ? {} : { listEntitiesPageToken: pageToken }),
        ...(sortBy === undefined ? {} : { listEntitiesSortByColumns: [sortBy] }),
      },
      { ...(accountId === undefined ? {} : { accountId }), ...(signal === undefined ? {} : { signal }) },
    );
    return {
      rows: response['connectorOutputPayload'] as unknown[],
      nextPageToken: response['listEntitiesNextPageToken'] as string | null,
    };
  };
  async function* rows(name: string, entity: string, options: ListOptions = {}): AsyncGenerator {
    let page: Page<unknown> | undefined;
    do {
      page = await list(name, entity, {
        ...options,
        ...(page?.nextPageToken ? { pageToken: page.nextPageToken } : {}),
      });
      yield* page.rows;
    } while (page.nextPageToken !== null);
  }
  return {
    entity: (name: keyof Entities, through?: string) => {
      const entity = String(name);
      const calls = {
        list: (options?: ListOptions) => list(through ?? 'list-entities', entity, options),
        rows: (options?: ListOptions) => rows(through ?? 'list-entities', entity, options),
        get: async (id?: string, options?: CallOptions) => {
          const body = { entity, ...(id === undefined ? {} : { entityId: id }) };
          return (await call(through ?? 'get-entity', body, options))['connectorOutputPayload'];
        },
        create: (input: unknown, options?: WriteOptions) =>
          written(through ?? 'create-entity', { entity, connectorInputPayload: input }, options),
        update: (target: Target, input: unknown, options?: WriteOptions) =>
          written(through ?? 'update-entity', { entity, ...targeted(target), connectorInputPayload: input }, options),
        delete: (target: Target, options?: WriteOptions) =>
          written(through ?? 'delete-entity', { entity, ...targeted(target) }, options),
      };
      return calls as never;
    },
    async action(name, input, options) {
      const action = String(name);
      const own = OWN_FUNCTIONS[action];
      const body = { connectorInputPayload: input, ...(own === undefined ? { action } : {}) };
      const { output, ...rest } = await written<readonly never[]>(
        own ?? RESTRICTED_FUNCTIONS[action] ?? 'execute-action',
        body,
        options,
      );
      return { ...rest, output: output[0] as never };
    },
  };
}
