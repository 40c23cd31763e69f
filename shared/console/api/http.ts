import { reportReachable, reportUnreachable } from './reachability.ts';

/** The server responded with an error, or with a body that is not JSON. */
export class ConsoleRequestError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly body: ErrorEnvelope | undefined,
  ) {
    super(message);
  }

  get reason(): string | undefined {
    return this.body?.error.details?.[0]?.reason;
  }
}

/** The server did not respond. The banner of the page reports this. */
export class UnreachableError extends Error {}

export interface ErrorDetail {
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
}

export interface ErrorEnvelope {
  readonly error: {
    readonly code: number;
    readonly status: string;
    readonly message: string;
    readonly details?: readonly ErrorDetail[];
  };
}

/**
 * Timeout of a request whose caller passes no signal. `runFunction` always passes a signal or null, so a call of a
 * function ends by the connector's deadline instead.
 */
const REQUEST_TIMEOUT_MS = 90_000;

/**
 * Sends a request to the server that served the page. Throws UnreachableError if the server does not respond, but the
 * abort error if the caller's signal aborted the request.
 */
export async function requestServer(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), ...init });
    reportReachable();
    return response;
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    reportUnreachable();
    throw new UnreachableError('the server does not respond', { cause });
  }
}

export function postJson(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return requestServer(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    ...init,
  });
}

/** Returns the JSON of a response. Throws ConsoleRequestError if the response is an error or not JSON. */
export async function jsonOrThrow<T>(response: Response): Promise<T> {
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok && body !== undefined) return body as T;
  const envelope = body as ErrorEnvelope | undefined;
  throw new ConsoleRequestError(envelope?.error.message ?? `HTTP ${response.status}`, response.status, envelope);
}

export async function getJson<T>(path: string): Promise<T> {
  return jsonOrThrow<T>(await requestServer(path));
}
