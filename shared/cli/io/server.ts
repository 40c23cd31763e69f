import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorFailure } from '../../schema/client/runtime.ts';
import { ADMIN_TOKEN_VARIABLE, readAdminToken } from '../../dev-server/admin-token.ts';
import { ADMIN_TOKEN_HEADER } from '../../management/admin/admission.ts';
import type { CommandEnvironment } from '../commands/row.ts';
import { CommandFailure, UsageError } from './exit.ts';
import { identityToken } from './identity-token.ts';
import { startHint } from './start-hint.ts';

export type JsonBody = Readonly<Record<string, unknown>>;

/** The HTTP API of a running server: the local one, or the deployed functions `connection` and `single`. */
export interface ConnectorServer {
  readonly url: string;
  /** Calls a function: `create-entity`, `list-entities` ... */
  call(name: string, body: JsonBody): Promise<JsonBody>;
  get(path: string): Promise<JsonBody>;
  admin(method: string, input: JsonBody): Promise<JsonBody>;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Longer than the longest deadline of a call. */
const CALL_TIMEOUT_MS = 3_600_000;

/** Returns the address of the server: `--url`, or the local server's. Throws UsageError. */
export function serverUrl(environment: CommandEnvironment): URL {
  const { STRIPE_CONNECTOR_URL: given, PORT: port = '8080' } = environment;
  if (given === undefined && !/^\d{1,5}$/.test(port)) throw new UsageError(`PORT must be a port number: ${port}`);
  const text = given ?? `http://localhost:${port}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url must be an http or https URL: ${text}`);
  if (url.protocol === 'http:' && !LOOPBACK_HOSTS.has(url.hostname))
    throw new UsageError(`--url must be https for a server on another machine: ${text}`);
  return url;
}

export function connectorServer(environment: CommandEnvironment, signal: AbortSignal): ConnectorServer {
  const url = serverUrl(environment);
  const base = url.href.replace(/\/$/, '');
  const isLocal = url.protocol === 'http:';
  const port = Number(url.port || 80);

  async function send(path: string, headers: Record<string, string>, body?: JsonBody): Promise<JsonBody> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const identity = isLocal ? {} : await identityHeaders(environment, url.origin);
    const request = {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...json, ...identity, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error' as const,
      signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
    };
    const [response, text] = await responseTo(`${base}${path}`, request).catch(async (cause: unknown) => {
      if (signal.aborted) throw new CommandFailure('interrupted');
      throw new ServerAway(base, isLocal ? await startHint() : '', cause);
    });
    const answer = jsonObjectIn(text);
    if (response.ok && answer !== undefined) return answer;
    // The sandbox's own error.
    if (typeof answer?.['error'] === 'string') throw new CommandFailure(answer['error']);
    if (answer?.['error'] !== undefined) throw new ConnectorFailure(response.status, answer);
    throw new ServerFailure(
      `${base} is not a Stripe connector: it responded ${response.status} ${response.statusText}`.trimEnd(),
      response.status >= 300 && response.status < 500,
    );
  }

  return {
    url: base,
    async call(name, body) {
      try {
        return await send(`/${name}`, {}, body);
      } catch (error) {
        // The function `connection` runs the others below /run/.
        if (!(error instanceof ConnectorFailure) || error.reason !== 'NO_SUCH_PATH') throw error;
        return send(`/run/${name}`, {}, body);
      }
    },
    get: (path) => send(path, {}),
    admin(method, input) {
      const token = isLocal ? (environment[ADMIN_TOKEN_VARIABLE] ?? readAdminToken(environment, port)) : undefined;
      return send(`/admin/${method}`, token === undefined ? {} : { [ADMIN_TOKEN_HEADER]: token }, input);
    },
  };
}

/** The whole response: a connection may break in the middle of its body. */
async function responseTo(url: string, request: RequestInit): Promise<readonly [Response, string]> {
  const response = await fetch(url, request);
  return [response, await response.text()];
}

/** The call has no answer of a connector. */
export class ServerFailure extends CommandFailure {
  /** No connector got the request: there was no connection, or another program rejected it. */
  readonly isUnsent: boolean;

  constructor(message: string, isUnsent: boolean) {
    super(message);
    this.isUnsent = isUnsent;
  }
}

/** No server responds. A later call may succeed. */
export class ServerAway extends ServerFailure {
  /** `hint` says what else to try. */
  constructor(base: string, hint: string, cause: unknown) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : undefined;
    super(
      `no server responds at ${base}${inner === undefined ? '' : ` (${inner.message})`}${hint}`,
      inner !== undefined && UNSENT_CODES.has(String((inner as NodeJS.ErrnoException).code)),
    );
  }
}

/** Codes of Node.js for a connection that was never made: https://nodejs.org/api/errors.html#common-system-errors */
const UNSENT_CODES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/**
 * Cloud Run checks `X-Serverless-Authorization` if it is present and passes `Authorization` on unchanged, which the admin
 * methods verify. https://cloud.google.com/run/docs/authenticating/service-to-service
 */
async function identityHeaders(environment: CommandEnvironment, audience: string): Promise<Record<string, string>> {
  const token = await identityToken(environment, audience);
  return { authorization: `Bearer ${token}`, 'x-serverless-authorization': `Bearer ${token}` };
}

function jsonObjectIn(text: string): JsonBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonBody) : undefined;
  } catch {
    return undefined;
  }
}

const MAX_RETRY_PAUSE_MS = 30_000;
const FIRST_RETRY_PAUSE_MS = 500;

/**
 * Repeats a call after failures that say that a repeat can help, at most `attempts` times in all. `onRetry` gets the
 * failure at the first repeat, and at each the number of the next attempt.
 */
export async function withRetries<T>(
  attempts: number,
  work: () => Promise<T>,
  onRetry: (message: string) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isRetryable = error instanceof ServerAway || (error instanceof ConnectorFailure && error.retryable);
      if (!isRetryable || attempt >= attempts || signal.aborted) throw error;
      const pauseMs = Math.min(FIRST_RETRY_PAUSE_MS * 2 ** (attempt - 1), MAX_RETRY_PAUSE_MS);
      const problem = attempt === 1 ? `${error.message}; ` : '';
      onRetry(`${problem}attempt ${attempt + 1} of ${attempts} in ${pauseMs / 1000} s`);
      await pause(pauseMs, undefined, { signal });
    }
  }
}
