/**
 * The first part of every generated client, which calls the functions and imports nothing. Everything below the marker
 * is copied unchanged. The generated file defines the interfaces and constants above the marker with the names of its
 * entities, actions and functions. In this file, they accept any name, so that the file compiles by itself.
 */
export interface Entities {
  [entity: string]: { operations: string; row: unknown; create: unknown; update: unknown };
}
export interface Actions {
  [action: string]: { input: unknown; result: unknown };
}
/** Functions that are restricted to an operation of some entities, with the input of that operation by entity. */
export interface Functions {
  [name: string]: { operation: string; inputs: Readonly<Record<string, unknown>> };
}
/** The functions that run only one action: the name of the function by action. */
export const OWN_FUNCTIONS: Readonly<Record<string, string>> = {};
/** The functions that the manifest restricts to some actions: the name of the function by action. */
export const RESTRICTED_FUNCTIONS: Readonly<Record<string, string>> = {};
// --- the client begins here
export interface ClientOptions {
  /** The address of a server that has the functions as paths, or a function that returns the address of each function. */
  readonly address: string | ((functionName: string) => string);
  /** Headers such as `Authorization`. Called before every request. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  readonly fetch?: typeof fetch;
  /** Milliseconds that one attempt may take. */
  readonly timeoutMs?: number;
  /** Maximum number of attempts. A call is repeated after 429, and after 503 with `retryable`. 1 disables retries. */
  readonly maxAttempts?: number;
  /** Milliseconds after which a call is not repeated. */
  readonly maxTotalMs?: number;
  /** Waits between two attempts. For tests. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface CallOptions {
  /** A Connect account that the connection allows. */
  readonly accountId?: string | undefined;
  /** Lowers the class in which the call waits: writes and actions are `interactive`, Get and List are `read`. */
  readonly priority?: 'interactive' | 'read' | 'bulk';
  /** Ends the call, also while it waits for the next attempt. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that one attempt of this call may take. */
  readonly timeoutMs?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /** The idempotency key: repeated calls with it have one effect. Generated if absent. */
  readonly operationId?: string;
  /** Delays the response until an event shows the object in one of the statuses, or until the time is over. */
  readonly waitFor?: { readonly status: readonly string[]; readonly seconds: number };
}

export interface ListOptions extends CallOptions {
  readonly filterClause?: string;
  readonly pageSize?: number;
  readonly pageToken?: string | undefined;
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
  /** How the wait ended, if the call had `waitFor`. */
  readonly waitFor?: { readonly reached: boolean; readonly status: string | null; readonly event: string | null };
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextPageToken: string | null;
}

/** An error response of the connector, or the failure of a call that got no response of the connector. */
export class ConnectorFailure extends Error {
  override readonly name = 'ConnectorFailure';
  readonly httpStatus: number;
  /** Google's canonical code, such as INVALID_ARGUMENT. */
  readonly status: string;
  /** A stable identifier for programs: INVALID_INPUT, RATE_LIMITED, INSUFFICIENT_FUNDS ... */
  readonly reason: string;
  /** Who rejected the call: stripe.com, or the connector. */
  readonly domain: string | undefined;
  /** The type, code and declineCode of Stripe's error, and the values of fields such as `effect`. */
  readonly metadata: Readonly<Record<string, string>>;
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
      domain?: string;
      metadata?: Record<string, string>;
      fieldViolations?: { field: string; description: string }[];
    };
    this.httpStatus = httpStatus;
    this.status = error.status ?? 'UNKNOWN';
    this.reason = details.reason ?? 'UNKNOWN';
    this.domain = details.domain;
    this.metadata = details.metadata ?? {};
    this.retryable = this.metadata['retryable'] === 'true';
    this.operationId = this.metadata['operationId'];
    this.effect = this.metadata['effect'];
    this.stripeRequestId = this.metadata['requestId'];
    this.violations = details.fieldViolations ?? [];
  }

  /** True if the bank declined the card. Another card, more money in the account or a call to the bank can help. */
  get isDeclined(): boolean {
    return this.domain === 'stripe.com' && this.metadata['type'] === 'card_error';
  }
}

interface EntityCalls<
  E extends keyof Entities,
  CreateInput = Entities[E]['create'],
  UpdateInput = Entities[E]['update'],
> {
  List: {
    list(options?: ListOptions): Promise<Page<Entities[E]['row']>>;
    /** Iterates over every row, page by page. */
    rows(options?: ListOptions): AsyncGenerator<Entities[E]['row']>;
  };
  Get: { get(id?: string, options?: CallOptions): Promise<Entities[E]['row']> };
  Create: { create(input: CreateInput, options?: WriteOptions): Promise<Written<{ Id: string }>> };
  Update: { update(target: Target, input: UpdateInput, options?: WriteOptions): Promise<Written<unknown>> };
  Delete: { delete(target: Target, options?: WriteOptions): Promise<Written<unknown>> };
}

/** The intersection of the members of a union. */
type IntersectionOf<U> = (U extends unknown ? (value: U) => void : never) extends (all: infer I) => void ? I : never;

/** The methods for the operations that the entity supports. */
export type EntityClient<E extends keyof Entities> = IntersectionOf<
  EntityCalls<E>[Extract<Entities[E]['operations'], keyof EntityCalls<E>>]
>;

/** Restricted functions for the entity. */
export type FunctionsOf<E extends keyof Entities> = {
  [F in keyof Functions]: E extends keyof Functions[F]['inputs'] ? F : never;
}[keyof Functions];

/** The input that a restricted function accepts for the entity. */
type InputOf<F extends keyof Functions, E> = E extends keyof Functions[F]['inputs'] ? Functions[F]['inputs'][E] : never;

export interface Client {
  entity<E extends keyof Entities>(name: E): EntityClient<E>;
  /**
   * Returns the method of a restricted function for the entity:
   * `entity('Customer', 'customer-list').list()` calls `customer-list`.
   */
  entity<E extends keyof Entities, F extends FunctionsOf<E>>(
    name: E,
    functionName: F,
  ): EntityCalls<E, InputOf<F, E>, InputOf<F, E>>[Extract<Functions[F]['operation'], keyof EntityCalls<E>>];
  action<A extends keyof Actions>(
    name: A,
    input: Actions[A]['input'],
    options?: WriteOptions,
  ): Promise<Written<Actions[A]['result']>>;
}

type Body = Readonly<Record<string, unknown>>;

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_ATTEMPTS = 4;
const DEFAULT_MAX_TOTAL_MS = 120_000;

/**
 * Returns the failure of an attempt without a response of the connector. A write may have taken effect: repeat the call
 * with the same operation id.
 */
function noResponseFailure(
  httpStatus: number,
  reason: string,
  message: string,
  operationId: unknown,
): ConnectorFailure {
  const status = httpStatus === 504 ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE';
  const effect = operationId === undefined ? undefined : 'unknown';
  const metadata = { retryable: 'true', effect, operationId };
  return new ConnectorFailure(httpStatus, { error: { status, message, details: [{ reason, metadata }] } });
}

/** Returns null if the text is not JSON, such as the error page of a proxy. */
function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Returns the message of an error of `fetch`. Node.js has the reason of `fetch failed` in its cause. */
function causeText(cause: unknown): string {
  const { message, cause: inner } = cause as { message?: unknown; cause?: { message?: unknown } };
  return `${String(message)}${inner?.message === undefined ? '' : `: ${String(inner.message)}`}`;
}

/**
 * Returns the failure of a response. A proxy or Cloud Run may respond instead of the connector. If its status is 4xx, the
 * request did not reach the connector. With any other status, the request may have reached the connector.
 */
function failureOf(response: Response, output: unknown, body: Body): ConnectorFailure {
  const { status } = response;
  const isOfConnector = typeof output === 'object' && output !== null && 'error' in output;
  if (isOfConnector || (status >= 400 && status < 500)) return new ConnectorFailure(status, output);
  const message = `HTTP ${status} without a response of the connector`;
  return noResponseFailure(status, 'CLIENT_NO_RESPONSE', message, body['operationId']);
}

/** Returns the milliseconds before the next attempt: the time of Retry-After, or else an exponential delay with jitter. */
function delayMs(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : 500 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

/** Waits. Rejects with the reason of the signal if the signal aborts first. */
function sleepUntilAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

type SendAttempt = (name: string, body: Body, options: CallOptions) => Promise<readonly [Response, unknown]>;
type SendCall = (name: string, input: Body, options?: CallOptions) => Promise<Record<string, unknown>>;

/**
 * Returns a function that sends a request once. The function returns the response and its parsed body, which is null if
 * it is not JSON.
 */
function attemptSender(clientOptions: ClientOptions): SendAttempt {
  const { address, headers, fetch: sendRequest = fetch } = clientOptions;
  const addressOf = (name: string): string =>
    typeof address === 'string' ? `${address.replace(/\/$/, '')}/${name}` : address(name);
  return async (name, body, options) => {
    const { seconds: waitSeconds = 0 } = (body['waitFor'] ?? {}) as { seconds?: number };
    const { signal, timeoutMs = (clientOptions.timeoutMs ?? DEFAULT_TIMEOUT_MS) + waitSeconds * 1000 } = options;
    const requestHeaders = { 'Content-Type': 'application/json', ...(await headers?.()) };
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await sendRequest(addressOf(name), {
        method: 'POST',
        headers: requestHeaders,
        body: JSON.stringify(body),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      return [response, parsedOrNull(await response.text())];
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      const { operationId } = body;
      throw timeout.aborted
        ? noResponseFailure(504, 'CLIENT_TIMEOUT', `no response within ${timeoutMs} ms`, operationId)
        : noResponseFailure(503, 'CLIENT_NO_RESPONSE', `no response: ${causeText(cause)}`, operationId);
    }
  };
}

/** Returns a function that repeats a call. Every attempt has the same body, so a write keeps its operation id. */
function callSender(clientOptions: ClientOptions): SendCall {
  const { maxAttempts = DEFAULT_MAX_ATTEMPTS, maxTotalMs = DEFAULT_MAX_TOTAL_MS } = clientOptions;
  const { sleep = sleepUntilAborted } = clientOptions;
  const attempt = attemptSender(clientOptions);
  return async (name, input, options = {}) => {
    const { signal, timeoutMs: _timeoutMs, ...more } = options;
    const body = { ...input, ...more };
    const startedMs = performance.now();
    let waitedMs = 0;
    for (let count = 1; ; count += 1) {
      signal?.throwIfAborted();
      const [response, output] = await attempt(name, body, options);
      if (response.ok && typeof output === 'object' && output !== null) return output as Record<string, unknown>;
      const failure = failureOf(response, output, body);
      const isRetryable = response.status === 429 || (response.status === 503 && failure.retryable);
      const ms = delayMs(response, count);
      const totalMs = Math.max(waitedMs, performance.now() - startedMs) + ms;
      if (!isRetryable || count >= maxAttempts || totalMs > maxTotalMs) throw failure;
      await sleep(ms, signal);
      waitedMs += ms;
    }
  };
}

async function sendWrite<Output>(
  call: SendCall,
  name: string,
  body: Body,
  options: WriteOptions = {},
): Promise<Written<Output>> {
  const keyed = { ...options, operationId: options.operationId ?? crypto.randomUUID() };
  const { connectorOutputPayload: output, operationId, effect, waitFor } = await call(name, body, keyed);
  return { output, operationId, effect, ...(waitFor === undefined ? {} : { waitFor }) } as Written<Output>;
}

async function pageOfRows(
  call: SendCall,
  name: string,
  entity: string,
  options: ListOptions = {},
): Promise<Page<unknown>> {
  const { pageSize, pageToken, sortBy, accountId, signal, timeoutMs, ...rest } = options;
  const response = await call(
    name,
    {
      entity,
      ...rest,
      listEntitiesPageSize: pageSize,
      listEntitiesPageToken: pageToken,
      listEntitiesSortByColumns: sortBy === undefined ? undefined : [sortBy],
    },
    { accountId, signal, timeoutMs },
  );
  return {
    rows: response['connectorOutputPayload'] as unknown[],
    nextPageToken: response['listEntitiesNextPageToken'] as string | null,
  };
}

async function* rowsOfPages(call: SendCall, name: string, entity: string, options: ListOptions = {}): AsyncGenerator {
  let page: Page<unknown> | undefined;
  do {
    page = await pageOfRows(call, name, entity, { ...options, pageToken: page?.nextPageToken ?? options.pageToken });
    yield* page.rows;
  } while (page.nextPageToken !== null);
}

/** Returns the methods of all operations. The type of the client names those that the entity supports. */
function entityMethods(call: SendCall, entity: string, functionName: string | undefined) {
  const targetFields = (target: Target): Body => (typeof target === 'string' ? { entityId: target } : target);
  return {
    list: (options?: ListOptions) => pageOfRows(call, functionName ?? 'list-entities', entity, options),
    rows: (options?: ListOptions) => rowsOfPages(call, functionName ?? 'list-entities', entity, options),
    get: async (id?: string, options?: CallOptions) => {
      const body = { entity, entityId: id };
      return (await call(functionName ?? 'get-entity', body, options))['connectorOutputPayload'];
    },
    create: (input: unknown, options?: WriteOptions) =>
      sendWrite(call, functionName ?? 'create-entity', { entity, connectorInputPayload: input }, options),
    update: (target: Target, input: unknown, options?: WriteOptions) => {
      const body = { entity, ...targetFields(target), connectorInputPayload: input };
      return sendWrite(call, functionName ?? 'update-entity', body, options);
    },
    delete: (target: Target, options?: WriteOptions) =>
      sendWrite(call, functionName ?? 'delete-entity', { entity, ...targetFields(target) }, options),
  };
}

/** Creates a client. */
export function stripeConnector(clientOptions: ClientOptions): Client {
  const call = callSender(clientOptions);
  return {
    entity: (name: keyof Entities, functionName?: string) => entityMethods(call, String(name), functionName) as never,
    async action(name, input, options) {
      const action = String(name);
      const ownFunction = OWN_FUNCTIONS[action];
      const body = { connectorInputPayload: input, action: ownFunction === undefined ? action : undefined };
      const functionName = ownFunction ?? RESTRICTED_FUNCTIONS[action] ?? 'execute-action';
      const { output, ...rest } = await sendWrite<readonly never[]>(call, functionName, body, options);
      return { ...rest, output: output[0] as never };
    },
  };
}
