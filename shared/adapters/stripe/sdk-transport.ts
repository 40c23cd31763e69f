import type { IncomingMessage } from 'node:http';
import StripeSdk from 'stripe';
import type { HttpClient } from './http-client.ts';
import { CONNECT_ERROR_CODES } from './connect-error-codes.ts';
import { nodeHttpClient, UnwritableRequest, type NodeHttpClientOptions } from './node-http-client.ts';
import { proxyHttpClient, type Proxy, type ProxySource } from './proxy/proxied-client.ts';
import { ProxyFailure } from './proxy/proxy-failure.ts';
import { multipart } from './multipart.ts';
import { encodeQuery } from './param-pairs.ts';
import { parseResponse, RawResponse } from './response.ts';
import { fileAnswerOf } from './file-response.ts';
import { Upload } from './file-upload.ts';
import { tlsInfo } from './tls-info.ts';
import { lazy } from '../../memoize.ts';
import type { LogFields } from '../../ports/log.ts';
import type { StripeTransport, StripeResult, StripeFailure, StripeRequest } from '../../stripe/transport.ts';

export interface SdkTransportOptions {
  /** `http://host:port` of a Stripe-compatible server instead of Stripe. */
  readonly base?: string;
  /** Sent as Stripe-Version; the SDK's own where absent. */
  readonly apiVersion?: string;
  /** The proxy that every request goes through. */
  readonly proxy?: ProxySource;
  /** Whether what is seen of the connection to Stripe is kept for the log. */
  readonly showTls?: boolean;
}

type Config = NonNullable<ConstructorParameters<typeof StripeSdk>[1]>;

/** Stripe by its official SDK, which sends once: no retries, no telemetry. */
export function sdkTransport(options: SdkTransportOptions): StripeTransport {
  const httpClient = httpClientOf(options);
  let made: { readonly sdk: StripeSdk; readonly apiKey: string; readonly client: HttpClient } | undefined;
  // One client at a time: after the key or the proxy's password was rotated the old one is useless.
  const sdkBy = (client: HttpClient, apiKey: string): StripeSdk => {
    if (made?.apiKey !== apiKey || made.client !== client)
      made = { sdk: new StripeSdk(apiKey, config(options, client)), apiKey, client };
    return made.sdk;
  };
  const sdkOf = async (apiKey: string): Promise<StripeSdk> => sdkBy(await httpClient(), apiKey);
  const send = async (request: StripeRequest, apiKey: string, timeoutMs: number): Promise<StripeResult> => {
    const sdk = await sdkOf(apiKey);
    try {
      const response = await sent(sdk, request, {
        timeout: Math.max(1, Math.round(timeoutMs)),
        maxNetworkRetries: 0,
        ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
        ...(request.account === undefined ? {} : { stripeAccount: request.account }),
        ...(request.answers === undefined ? {} : { apiBase: 'files' as const }),
      });
      if (response instanceof RawResponse)
        return request.answers === undefined
          ? parseResponse(response, request)
          : fileAnswerOf(response, request.answers);
      throw new TypeError('the SDK gave no answer of the HTTP client');
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

function sent(sdk: StripeSdk, request: StripeRequest, options: StripeSdk.RawRequestOptions): Promise<unknown> {
  if (request.file !== undefined) {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the SDK declares its one class twice
    return new Upload(sdk).send(request.path, multipart(request.params, request.file), options);
  }
  const { path, params } = onTheWire(request);
  return sdk.rawRequest(request.method, path, params, options);
}

/** Reads a password again that the proxy rejected, and sends the request once more. */
function throughProxy(proxy: ProxySource, send: StripeTransport['send']): StripeTransport['send'] {
  return async (request, apiKey, timeoutMs) => {
    const startedAt = performance.now();
    const { password } = await proxy.read();
    const result = await send(request, apiKey, timeoutMs);
    if (result.ok || result.proxy !== 'AUTH' || password === undefined) return result;
    // Nothing went to Stripe: with a password that was changed since it is the same first try.
    if (!(await proxy.refresh(password).catch(() => false))) return result;
    return send(request, apiKey, Math.max(1, timeoutMs - (performance.now() - startedAt)));
  };
}

/** The HTTP client under the SDK: made at first use, and again when the proxy's password has changed. */
function httpClientOf({ proxy, base, showTls = false }: SdkTransportOptions): () => HttpClient | Promise<HttpClient> {
  const shown: NodeHttpClientOptions = showTls
    ? { onAnswer: keepTls, tlsOf: (response) => connections.get(response) }
    : {};
  if (proxy === undefined) return lazy(() => nodeHttpClient(shown));
  const target = base?.startsWith('http:') === true ? 'http' : 'https';
  let made: { readonly client: HttpClient; readonly through: Proxy } | undefined;
  return async () => {
    const through = await proxy.read();
    if (made?.through.password !== through.password || made === undefined)
      made = { client: proxyHttpClient(through, target, shown), through };
    return made.client;
  };
}

function config({ base, apiVersion }: SdkTransportOptions, httpClient: HttpClient): Config {
  const url = base === undefined ? undefined : new URL(base);
  return {
    httpClient,
    maxNetworkRetries: 0,
    telemetry: false,
    ...(apiVersion === undefined ? {} : { apiVersion: apiVersion as never }),
    ...(url === undefined
      ? {}
      : {
          host: url.hostname,
          port: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
          protocol: url.protocol === 'http:' ? 'http' : 'https',
        }),
  };
}

/** rawRequest takes parameters on POST alone; elsewhere they are the query. */
function onTheWire({ method, path, params }: StripeRequest): { path: string; params?: Record<string, unknown> } {
  if (method === 'POST') return { path, params: { ...params } };
  const query = encodeQuery(params);
  return { path: query === '' ? path : `${path}?${query}` };
}

/** Of answers whose connection was looked at. */
const connections = new WeakMap<IncomingMessage, LogFields>();

function keepTls(response: IncomingMessage): void {
  const details = tlsInfo(response.socket);
  if (details !== undefined) connections.set(response, details);
}

/** Every way in which a request can end without an answer, as our value. */
export function toStripeFailure(error: unknown): StripeFailure {
  if (!(error instanceof StripeSdk.errors.StripeConnectionError)) return UNWRITABLE;
  const { detail } = error as { detail?: { code?: string } };
  if (detail instanceof ProxyFailure) return ofProxy(detail);
  if (detail instanceof UnwritableRequest) return UNWRITABLE;
  const code = detail?.code ?? '';
  if (CONNECT_ERROR_CODES.has(code))
    return { ok: false, kind: 'unsent', message: 'no connection to Stripe', stripeError: {} };
  return {
    ok: false,
    kind: 'lost',
    message: 'no answer from Stripe',
    stripeError: {},
    ...(code === StripeSdk.HttpClient.TIMEOUT_ERROR_CODE ? { timedOut: true } : {}),
  };
}

/**
 * What the SDK throws before its HTTP client is asked: text that cannot be encoded, a path that it does not take. All that
 * can go wrong later is a connection error or an answer.
 */
const UNWRITABLE: StripeFailure = {
  ok: false,
  kind: 'unsent',
  unwritable: true,
  shouldRetry: false,
  message: 'the request cannot be written',
  stripeError: {},
};

/** Credentials that are wrong are wrong the next time too. */
function ofProxy({ reason, message }: ProxyFailure): StripeFailure {
  return {
    ok: false,
    kind: 'unsent',
    proxy: reason,
    message,
    stripeError: {},
    ...(reason === 'AUTH' ? { shouldRetry: false } : {}),
  };
}
