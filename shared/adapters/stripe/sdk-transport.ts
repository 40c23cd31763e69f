import type { IncomingMessage } from 'node:http';
import StripeSdk from 'stripe';
import type { HttpClient } from './http-client.ts';
import { CONNECT_ERROR_CODES } from './connect-error-codes.ts';
import { nodeHttpClient, UnwritableRequest, type NodeHttpClientOptions } from './node-http-client.ts';
import { proxyHttpClient, type ProxySource } from './proxy/proxied-client.ts';
import { ProxyFailure } from './proxy/proxy-failure.ts';
import { multipart } from './multipart.ts';
import { encodeQuery } from './param-pairs.ts';
import { parseResponse, RawResponse } from './response.ts';
import { parseFileResponse } from './file-response.ts';
import { Upload } from './file-upload.ts';
import { tlsInfo } from './tls-info.ts';
import { lazy } from '../../memoize.ts';
import type { LogFields } from '../../ports/log.ts';
import type { StripeTransport, StripeResult, StripeFailure, StripeRequest } from '../../stripe/transport.ts';

export interface SdkTransportOptions {
  /** `http://host:port` of a Stripe-compatible server instead of Stripe. */
  readonly base?: string | undefined;
  /** Value of the Stripe-Version header. Default: the SDK's version. */
  readonly apiVersion?: string | undefined;
  /** The proxy that every request goes through. */
  readonly proxy?: ProxySource | undefined;
  /** True to collect the TLS details of each connection for the log. */
  readonly showTls?: boolean;
}

type Config = NonNullable<ConstructorParameters<typeof StripeSdk>[1]>;

/** Sends requests with Stripe's official SDK, each once: no retries, no telemetry. */
export function sdkTransport(options: SdkTransportOptions): StripeTransport {
  const httpClient = httpClientOf(options);
  // The latest SDK instance. It is replaced when the key or the proxy's password rotates.
  let latest: { readonly sdk: StripeSdk; readonly apiKey: string; readonly client: HttpClient } | undefined;
  const sdkOf = async (apiKey: string): Promise<StripeSdk> => {
    const client = await httpClient();
    if (latest?.apiKey !== apiKey || latest.client !== client)
      latest = { sdk: new StripeSdk(apiKey, sdkConfig(options, client)), apiKey, client };
    return latest.sdk;
  };
  const send = async (request: StripeRequest, apiKey: string, timeoutMs: number): Promise<StripeResult> => {
    const sdk = await sdkOf(apiKey);
    try {
      const response = await sendRequest(sdk, request, sdkOptions(request, timeoutMs));
      if (response instanceof RawResponse)
        return request.responseFileType === undefined
          ? parseResponse(response, request)
          : parseFileResponse(response, request.responseFileType);
      throw new TypeError('the SDK did not return the response of the HTTP client');
    } catch (error) {
      return toStripeFailure(error);
    }
  };
  const { proxy } = options;
  return {
    async ready(apiKey) {
      await sdkOf(apiKey);
    },
    send: proxy === undefined ? send : throughProxy(proxy, send),
  };
}

/** Returns the SDK's options of a request. The SDK's types do not allow undefined options. */
function sdkOptions(
  { idempotencyKey, account, responseFileType }: StripeRequest,
  timeoutMs: number,
): StripeSdk.RawRequestOptions {
  const options: StripeSdk.RawRequestOptions = { timeout: Math.max(1, Math.round(timeoutMs)), maxNetworkRetries: 0 };
  if (idempotencyKey !== undefined) options.idempotencyKey = idempotencyKey;
  if (account !== undefined) options.stripeAccount = account;
  if (responseFileType !== undefined) options.apiBase = 'files';
  return options;
}

/** Sends a request with the SDK: as a multipart form if it has a file, and with `rawRequest` otherwise. */
function sendRequest(sdk: StripeSdk, request: StripeRequest, options: StripeSdk.RawRequestOptions): Promise<unknown> {
  if (request.file !== undefined) {
    return new Upload(sdk).send(request.path, multipart(request.params, request.file), options);
  }
  const { path, params } = toSdkParams(request);
  return sdk.rawRequest(request.method, path, params, options);
}

/** Wraps `send`. If the proxy rejects the password, the password is read again and the request is sent once more. */
function throughProxy(proxy: ProxySource, send: StripeTransport['send']): StripeTransport['send'] {
  return async (request, apiKey, timeoutMs) => {
    const startedAt = performance.now();
    const { password } = await proxy.read();
    const result = await send(request, apiKey, timeoutMs);
    if (result.ok || result.proxy !== 'AUTH' || password === undefined) return result;
    // Nothing was sent to Stripe, so the request with the new password counts as the same first attempt.
    if (!(await proxy.refresh(password).catch(() => false))) return result;
    return send(request, apiKey, Math.max(1, timeoutMs - (performance.now() - startedAt)));
  };
}

/**
 * Returns a function that returns the SDK's HTTP client. The client is created on first use, and again after the proxy's
 * password has changed.
 */
function httpClientOf({ proxy, base, showTls = false }: SdkTransportOptions): () => HttpClient | Promise<HttpClient> {
  const clientOptions: NodeHttpClientOptions = showTls
    ? { onResponse: keepTls, tlsOf: (response) => tlsByResponse.get(response) }
    : {};
  if (proxy === undefined) return lazy(() => nodeHttpClient(clientOptions));
  const target = base?.startsWith('http:') === true ? 'http' : 'https';
  let latest: { readonly client: HttpClient; readonly password: string | undefined } | undefined;
  return async () => {
    const current = await proxy.read();
    if (latest === undefined || latest.password !== current.password)
      latest = { client: proxyHttpClient(current, target, clientOptions), password: current.password };
    return latest.client;
  };
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Returns the configuration of the SDK, with the server to send requests to. */
function sdkConfig({ base, apiVersion }: SdkTransportOptions, httpClient: HttpClient): Config {
  const config: Config = { httpClient, maxNetworkRetries: 0, telemetry: false };
  if (apiVersion !== undefined) config.apiVersion = apiVersion as never;
  if (base !== undefined) {
    const { hostname, port, protocol } = new URL(base);
    config.host = hostname;
    config.protocol = protocol === 'http:' ? 'http' : 'https';
    config.port = port === '' ? DEFAULT_PORTS[config.protocol] : Number(port);
  }
  return config;
}

/**
 * Returns path and parameters for `rawRequest`, which accepts parameters for POST only. The parameters of other methods
 * are in the query of the path.
 */
function toSdkParams({ method, path, params }: StripeRequest): { path: string; params?: Record<string, unknown> } {
  if (method === 'POST') return { path, params: { ...params } };
  const query = encodeQuery(params);
  return { path: query === '' ? path : `${path}?${query}` };
}

/** TLS details by response. */
const tlsByResponse = new WeakMap<IncomingMessage, LogFields>();

function keepTls(response: IncomingMessage): void {
  const details = tlsInfo(response.socket);
  if (details !== undefined) tlsByResponse.set(response, details);
}

/** Converts any failure without a response to a `StripeFailure`. */
export function toStripeFailure(error: unknown): StripeFailure {
  if (!(error instanceof StripeSdk.errors.StripeConnectionError)) return UNWRITABLE;
  const { detail } = error as { detail?: { code?: string } };
  if (detail instanceof ProxyFailure) return toProxyFailure(detail);
  if (detail instanceof UnwritableRequest) return UNWRITABLE;
  const code = detail?.code ?? '';
  if (CONNECT_ERROR_CODES.has(code))
    return { ok: false, kind: 'unsent', message: 'cannot connect to Stripe; nothing was sent', stripeError: {} };
  return {
    ok: false,
    kind: 'lost',
    message: 'Stripe did not answer',
    stripeError: {},
    timedOut: code === StripeSdk.HttpClient.TIMEOUT_ERROR_CODE,
  };
}

/**
 * The failure for an error that the SDK throws before it calls its HTTP client: a text that cannot be encoded, or an
 * unsupported path. Later failures are connection errors or responses.
 */
const UNWRITABLE: StripeFailure = {
  ok: false,
  kind: 'unsent',
  unwritable: true,
  shouldRetry: false,
  message: 'the request cannot be encoded as HTTP; nothing was sent',
  stripeError: {},
};

/** Converts a proxy failure. It is not retryable if the proxy rejected the credentials. */
function toProxyFailure({ reason, message }: ProxyFailure): StripeFailure {
  return {
    ok: false,
    kind: 'unsent',
    proxy: reason,
    message,
    stripeError: {},
    shouldRetry: reason === 'AUTH' ? false : undefined,
  };
}
