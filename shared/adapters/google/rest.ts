/**
 * Options of Google's clients (REST, no retries of their own, a timeout for each call), and the codes of their
 * failures.
 */
import { Compute, GoogleAuth, PassThroughClient } from 'google-auth-library';
import { lazy } from '../../memoize.ts';
import * as gax from 'google-gax/fallback';

/** The REST transport of Google's clients, without gRPC. */
export const REST = gax as unknown as typeof import('google-gax');

/** How to reach a Google service and with which credentials. */
export interface GoogleClientOptions {
  /** `host:port` of an emulator, which is reached in plaintext and without credentials. */
  readonly emulatorHost?: string | undefined;
  /** True to use the service account of the metadata server instead of application default credentials. */
  readonly onPlatform?: boolean;
}

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];
/** If a token is rejected, the client gets a new one and repeats the call once. */
const CLIENT_OPTIONS = { forceRefreshOnFailure: true };

/**
 * Application default credentials, resolved on the first request.
 *
 * A generated client calls a method of its `GoogleAuth` in its constructor, and ignores the promise. Without credentials this promise is
 * rejected, and an unhandled rejection would end the process. This class therefore looks for credentials only when it
 * sends a request.
 */
class DefaultCredentials extends PassThroughClient {
  private readonly auth = new GoogleAuth({ scopes: SCOPES, clientOptions: CLIENT_OPTIONS });

  override async request<T>(
    options: Parameters<PassThroughClient['request']>[0],
  ): ReturnType<typeof PassThroughClient.prototype.request<T>> {
    const client = await this.auth.getClient().catch((cause: unknown) => {
      // The credentials are missing or unreadable. No service was called.
      throw Object.assign(new Error(cause instanceof Error ? cause.message : String(cause)), { code: UNAUTHENTICATED });
    });
    return client.request<T>(options);
  }
}

const UNAUTHENTICATED = 'UNAUTHENTICATED';

/** The message for UNAUTHENTICATED. */
export const NO_CREDENTIALS =
  "this program's Google credentials are missing or were rejected; run gcloud auth application-default login";

/** All clients of an instance share these credentials and their token. */
const defaultCredentials = lazy(() => new DefaultCredentials());
/** Credentials of the metadata server. Detecting default credentials first would take three requests. */
const metadataCredentials = lazy(() => new Compute({ scopes: SCOPES, ...CLIENT_OPTIONS }));

/** Returns the options of a generated client: REST transport, endpoint and credentials. */
export function restOptions({
  emulatorHost,
  onPlatform = false,
}: GoogleClientOptions): Record<string, string | number | boolean | object> {
  if (emulatorHost === undefined)
    return { fallback: true, authClient: onPlatform ? metadataCredentials() : defaultCredentials() };
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

/** Disables the retries of Google's client, because the connector decides about retries. */
export const NO_RETRY = { retry: { retryCodes: [] } };

/** A call that did not end within its timeout. */
class TimeoutError extends Error {
  readonly code = 'DEADLINE_EXCEEDED';
}

/** Rejects and cancels a call that takes longer than `ms` milliseconds. The transport has no deadline of its own. */
export function withTimeout<T>(ms: number, call: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      (call as { cancel?: () => void }).cancel?.();
      reject(new TimeoutError(`no response within ${ms} ms`));
    }, ms);
    void call
      .then(resolve, (cause: unknown) => reject(cause instanceof Error ? cause : new Error(String(cause))))
      .finally(() => clearTimeout(timer));
  });
}

/**
 * Returns Google's canonical code for a failure, such as UNAVAILABLE if the connection broke before a response arrived.
 * If Node rejected the request, returns `FAULT`, which is not one of Google's codes.
 */
export function grpcStatusOf(cause: unknown): string {
  const { code, status, message } = cause as { code?: unknown; status?: unknown; message?: unknown };
  if (code === 'DEADLINE_EXCEEDED' || code === UNAUTHENTICATED) return code;
  // The message contains the body of an error response. https://cloud.google.com/apis/design/errors#http_mapping
  const statusInBody = /"status":\s*"([A-Z_]+)"/.exec(String(message))?.[1];
  if (statusInBody !== undefined) return statusInBody;
  // Node rejected the arguments: a fault of this program, not of the service.
  if (typeof code === 'string' && code.startsWith('ERR_') && !CONNECTION_ERROR_CODE.test(code)) return 'FAULT';
  const http = Number(status ?? code);
  if (http >= 400 && http < 500 && http !== 429 && isTokenRequest(cause)) return UNAUTHENTICATED;
  // Without an HTTP status, no response arrived.
  if (!Number.isInteger(http)) return 'UNAVAILABLE';
  return STATUS_BY_HTTP[http] ?? (http >= 500 ? 'UNAVAILABLE' : 'UNKNOWN');
}

/**
 * Returns whether the failed request was for an access token. If so, the credentials were rejected, not the call
 * itself. https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
function isTokenRequest(cause: unknown): boolean {
  const { config } = cause as { config?: { url?: unknown } };
  return /^https?:\/\/(?:(?:oauth2|sts|iamcredentials)\.|[^/]+\/computeMetadata\/)/.test(String(config?.url ?? ''));
}

/** Node's error codes that concern a connection. https://nodejs.org/api/errors.html */
const CONNECTION_ERROR_CODE = /^ERR_(?:STREAM_PREMATURE_CLOSE|TLS_|SSL_|HTTP2_|SOCKET_)/;

const STATUS_BY_HTTP: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  504: 'DEADLINE_EXCEEDED',
};

/** Returns whether the connection was reset, usually because the server had closed it while it was idle. */
export function isConnectionReset(cause: unknown): boolean {
  const { code, cause: inner } = cause as { code?: unknown; cause?: { code?: unknown } };
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(code ?? inner?.code));
}
