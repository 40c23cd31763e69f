/** How Google's clients are used here: over REST, one try a call, each with an end. */
import { Compute, GoogleAuth, PassThroughClient } from 'google-auth-library';
import { lazy } from '../../memoize.ts';
import * as gax from 'google-gax/fallback';

/** The REST half of Google's own transport: gRPC is never loaded. */
export const REST = gax as unknown as typeof import('google-gax');

/** Where a service is, and who asks it. */
export interface GoogleClientOptions {
  /** `host:port` of an emulator: clear text and no credentials there. */
  readonly emulatorHost?: string;
  /** The platform's own service account, by its metadata server; else whatever credentials are found. */
  readonly onPlatform?: boolean;
}

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];
/** A token that was refused is replaced once before the call counts as refused. */
const CLIENT = { forceRefreshOnFailure: true };

/**
 * Application default credentials, resolved at the first request. A generated client asks a `GoogleAuth` while it is
 * constructed and ignores the promise: without credentials the unhandled rejection would end the process.
 */
class FoundCredentials extends PassThroughClient {
  private readonly auth = new GoogleAuth({ scopes: SCOPES, clientOptions: CLIENT });

  override async request<T>(
    options: Parameters<PassThroughClient['request']>[0],
  ): ReturnType<typeof PassThroughClient.prototype.request<T>> {
    const client = await this.auth.getClient().catch((cause: unknown) => {
      // They are not there, or cannot be read: no service was asked.
      throw Object.assign(new Error(cause instanceof Error ? cause.message : String(cause)), { code: UNAUTHENTICATED });
    });
    return client.request<T>(options);
  }
}

const UNAUTHENTICATED = 'UNAUTHENTICATED';

/** What is to be done where `statusOf` is UNAUTHENTICATED. */
export const NO_CREDENTIALS =
  "this program's Google credentials are missing or refused: a person logs in by gcloud auth application-default login";

/** One for all clients of an instance: they share its token. */
const defaultCredentials = lazy(() => new FoundCredentials());
/** Looks for nothing: three questions to the metadata server less. */
const ofPlatform = lazy(() => new Compute({ scopes: SCOPES, ...CLIENT }));

export function restOptions({
  emulatorHost,
  onPlatform = false,
}: GoogleClientOptions): Record<string, string | number | boolean | object> {
  if (emulatorHost === undefined)
    return { fallback: true, authClient: onPlatform ? ofPlatform() : defaultCredentials() };
  // An IPv6 address contains colons: `[::1]:8085`.
  const colon = emulatorHost.lastIndexOf(':');
  const host = emulatorHost.slice(0, colon);
  return {
    fallback: true,
    protocol: 'http',
    apiEndpoint: host,
    servicePath: host,
    port: Number(emulatorHost.slice(colon + 1)),
    authClient: new PassThroughClient(),
  };
}

/** No repeats of the client's own: the caller decides. */
export const NO_RETRY = { retry: { retryCodes: [] } };

/** A call had no end within its time. */
class Late extends Error {
  readonly code = 'DEADLINE_EXCEEDED';
}

/** The transport knows no deadline: after `ms` milliseconds a call counts as unanswered, and is cancelled. */
export function withTimeout<T>(ms: number, call: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      (call as { cancel?: () => void }).cancel?.();
      reject(new Late(`no answer within ${ms} ms`));
    }, ms);
    const ended = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    call.then(
      (value) => ended(() => resolve(value)),
      (cause: unknown) => ended(() => reject(cause instanceof Error ? cause : new Error(String(cause)))),
    );
  });
}

/** Google's canonical code of a failure; UNAVAILABLE where the way broke before an answer came. */
export function grpcStatusOf(cause: unknown): string {
  const { code, status, message } = cause as { code?: unknown; status?: unknown; message?: unknown };
  if (code === 'DEADLINE_EXCEEDED' || code === UNAUTHENTICATED) return code;
  // The body of an error answer stands in the message. https://cloud.google.com/apis/design/errors#http_mapping
  const named = /"status":\s*"([A-Z_]+)"/.exec(String(message))?.[1];
  if (named !== undefined) return named;
  // Node refuses what it is given: a fault of this program, not the silence of a service.
  if (typeof code === 'string' && code.startsWith('ERR_') && !OF_THE_WAY.test(code)) return 'FAULT';
  const http = Number(status ?? code);
  if (http >= 400 && http < 500 && http !== 429 && isOfTokens(cause)) return UNAUTHENTICATED;
  return Number.isInteger(http) ? (BY_HTTP[http] ?? (http >= 500 ? 'UNAVAILABLE' : 'UNKNOWN')) : 'UNAVAILABLE';
}

/**
 * Whether a token was asked for, not the service: what is refused then are the credentials.
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
function isOfTokens(cause: unknown): boolean {
  const { config } = cause as { config?: { url?: unknown } };
  return /^https?:\/\/(?:(?:oauth2|sts|iamcredentials)\.|[^/]+\/computeMetadata\/)/.test(String(config?.url ?? ''));
}

/** Codes of Node that tell of a connection. https://nodejs.org/api/errors.html */
const OF_THE_WAY = /^ERR_(?:STREAM_PREMATURE_CLOSE|TLS_|SSL_|HTTP2_|SOCKET_)/;

const BY_HTTP: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  504: 'DEADLINE_EXCEEDED',
};

/** A connection that lay idle was closed by the other side: the first call on it never arrived. */
export function isConnectionReset(cause: unknown): boolean {
  const { code, cause: inner } = cause as { code?: unknown; cause?: { code?: unknown } };
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(code ?? inner?.code));
}
