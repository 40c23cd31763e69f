import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorFailure } from '../../schema/client/runtime.ts';
import { ADMIN_TOKEN_VARIABLE, readAdminToken } from '../../dev-server/admin-token.ts';
import { ADMIN_TOKEN_HEADER } from '../../management/admin/admission.ts';
import type { CommandEnvironment } from '../commands/definition.ts';
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

/**
 * Returns the address of the server: `--url`, or the local server's. Throws UsageError if the address is invalid, or is
 * an http URL of another machine.
 */
export function serverUrl(environment: CommandEnvironment): URL {
  const { STRIPE_CONNECTOR_URL: configuredUrl, PORT: port = '8080' } = environment;
  if (configuredUrl === undefined && !/^\d{1,5}$/.test(port))
    throw new UsageError(`PORT must be a port number: ${port}`);
  const text = configuredUrl ?? `http://localhost:${port}`;
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
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' };
    const identity = isLocal ? {} : await identityHeaders(environment, url.origin);
    const request = {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...contentType, ...identity, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error' as const,
      signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
    };
    const [response, text] = await responseTo(`${base}${path}`, request).catch(async (cause: unknown) => {
      if (signal.aborted) throw new CommandFailure('interrupted');
      throw new NoServerError(base, isLocal ? await startHint() : '', cause);
    });
    const json = parseJsonObject(text);
    if (response.ok && json !== undefined) return json;
    throw responseError(base, response, json);
  }

  return {
    url: base,
    async call(name, body) {
      try {
        return await send(`/${name}`, {}, body);
      } catch (error) {
        // The function `connection` serves the other functions below /run/.
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

/** Returns the error for a response that is not the result of a call. */
function responseError(base: string, { status, statusText }: Response, json: JsonBody | undefined): Error {
  const error = json?.['error'];
  // In an error of the sandbox's control API, `error` is a text.
  if (typeof error === 'string') return new CommandFailure(error);
  if (error !== undefined) return new ConnectorFailure(status, json);
  return new ServerError(
    `${base} is not a Stripe connector: it responded ${status} ${statusText}`.trimEnd(),
    status >= 300 && status < 500,
  );
}

/** Returns a response with its whole body. Rejects if the connection breaks before the end of the body. */
async function responseTo(url: string, request: RequestInit): Promise<readonly [Response, string]> {
  const response = await fetch(url, request);
  return [response, await response.text()];
}

/** No connector responded to the call. */
export class ServerError extends CommandFailure {
  /** True if no connector received the request: there was no connection, or another program rejected it. */
  readonly isUnsent: boolean;

  constructor(message: string, isUnsent: boolean) {
    super(message);
    this.isUnsent = isUnsent;
  }
}

/** No server responded. A repeat may succeed. */
export class NoServerError extends ServerError {
  /** `hint` says what else to try. */
  constructor(base: string, hint: string, cause: unknown) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : undefined;
    super(
      `no server responds at ${base}${inner === undefined ? '' : ` (${inner.message})`}${hint}`,
      inner !== undefined && UNSENT_CODES.has(String((inner as NodeJS.ErrnoException).code)),
    );
  }
}

/** Codes of Node.js for a connection that was not made: https://nodejs.org/api/errors.html#common-system-errors */
const UNSENT_CODES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/**
 * Returns the headers with the user's token. Cloud Run checks `X-Serverless-Authorization` and passes `Authorization` on
 * unchanged, so that the admin methods can verify it. https://cloud.google.com/run/docs/authenticating/service-to-service
 */
async function identityHeaders(environment: CommandEnvironment, audience: string): Promise<Record<string, string>> {
  const token = await identityToken(environment, audience);
  return { authorization: `Bearer ${token}`, 'x-serverless-authorization': `Bearer ${token}` };
}

function parseJsonObject(text: string): JsonBody | undefined {
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
 * Calls `request`, at most `attempts` times, until it succeeds or fails with an error that a repeat cannot solve.
 * `onRetry` receives a message before each repeat: the number of the next attempt, and at the first repeat also the
 * failure.
 */
export async function withRetries<T>(
  attempts: number,
  request: () => Promise<T>,
  onRetry: (message: string) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      const isRetryable = error instanceof NoServerError || (error instanceof ConnectorFailure && error.retryable);
      if (!isRetryable || attempt >= attempts || signal.aborted) throw error;
      const pauseMs = Math.min(FIRST_RETRY_PAUSE_MS * 2 ** (attempt - 1), MAX_RETRY_PAUSE_MS);
      const problem = attempt === 1 ? `${error.message}; ` : '';
      onRetry(`${problem}attempt ${attempt + 1} of ${attempts} in ${pauseMs / 1000} s`);
      await pause(pauseMs, undefined, { signal });
    }
  }
}
