import type { IncomingMessage } from 'node:http';
import StripeSdk from 'stripe';
import type { HttpClient } from './http-client.ts';
import { NEVER_CONNECTED } from './connect-error-codes.ts';
import { nodeClient, UnwritableRequest, type NodeClientOptions } from './node-http-client.ts';
import { proxiedClient, type Proxy, type ProxySource } from './proxy/proxied-client.ts';
import { ProxyFailure } from './proxy/proxy-failure.ts';
import { multipart } from './multipart.ts';
import { encodeQuery } from './param-pairs.ts';
import { answerOf, HttpAnswer } from './response.ts';
import { fileAnswerOf } from './file-response.ts';
import { Upload } from './file-upload.ts';
import { tlsFacts } from './tls-info.ts';
import { lazily } from '../../memoize.ts';
import type { Facts } from '../../ports/log.ts';
import type { Stripe, StripeAnswer, StripeFailure, StripeRequest } from '../../stripe/transport.ts';

export interface StripeSdkOptions {
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
export function stripeSdk(options: StripeSdkOptions): Stripe {
  const way = wayOf(options);
  let made: { readonly sdk: StripeSdk; readonly apiKey: string; readonly client: HttpClient } | undefined;
  // One key and one way at a time: after a rotation the old client is of no use.
  const sdkBy = (client: HttpClient, apiKey: string): StripeSdk => {
    if (made?.apiKey !== apiKey || made.client !== client)
      made = { sdk: new StripeSdk(apiKey, config(options, client)), apiKey, client };
    return made.sdk;
  };
  const sdkOf = (apiKey: string): StripeSdk | Promise<StripeSdk> => {
    const client = way();
    return client instanceof Promise ? client.then((one) => sdkBy(one, apiKey)) : sdkBy(client, apiKey);
  };
  const send = async (request: StripeRequest, apiKey: string, timeoutMs: number): Promise<StripeAnswer> => {
    const sdk = await sdkOf(apiKey);
    try {
      const answer = await sent(sdk, request, {
        timeout: Math.max(1, Math.round(timeoutMs)),
        maxNetworkRetries: 0,
        ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
        ...(request.account === undefined ? {} : { stripeAccount: request.account }),
        ...(request.answers === undefined ? {} : { apiBase: 'files' as const }),
      });
      if (answer instanceof HttpAnswer)
        return request.answers === undefined ? answerOf(answer, request) : fileAnswerOf(answer, request.answers);
      throw new TypeError('the SDK gave no answer of the HTTP client');
    } catch (error) {
      return failureOf(error);
    }
  };
  const { proxy } = options;
  return {
    ready(apiKey) {
      const sdk = sdkOf(apiKey);
      return sdk instanceof Promise ? sdk.then(() => undefined) : undefined;
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

/** A password that the proxy rejects is read anew, and the request sent once more. */
function throughProxy(proxy: ProxySource, send: Stripe['send']): Stripe['send'] {
  return async (request, apiKey, timeoutMs) => {
    const startedAt = performance.now();
    const { password } = await proxy.read();
    const answer = await send(request, apiKey, timeoutMs);
    if (answer.ok || answer.proxy !== 'AUTH' || password === undefined) return answer;
    // Nothing went to Stripe: with a password that was changed since it is the same first try.
    if (!(await proxy.refresh(password).catch(() => false))) return answer;
    return send(request, apiKey, Math.max(1, timeoutMs - (performance.now() - startedAt)));
  };
}

/** What sends the SDK's requests: made at first use, and anew where the proxy's password is another one. */
function wayOf({ proxy, base, showTls = false }: StripeSdkOptions): () => HttpClient | Promise<HttpClient> {
  const shown: NodeClientOptions = showTls ? { onAnswer: keepTls, tlsOf: (answer) => connections.get(answer) } : {};
  if (proxy === undefined) return lazily(() => nodeClient(shown));
  const target = base?.startsWith('http:') === true ? 'http' : 'https';
  let made: { readonly client: HttpClient; readonly through: Proxy } | undefined;
  return async () => {
    const through = await proxy.read();
    if (made?.through.password !== through.password || made === undefined)
      made = { client: proxiedClient(through, target, shown), through };
    return made.client;
  };
}

function config({ base, apiVersion }: StripeSdkOptions, httpClient: HttpClient): Config {
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
const connections = new WeakMap<IncomingMessage, Facts>();

function keepTls(answer: IncomingMessage): void {
  const facts = tlsFacts(answer.socket);
  if (facts !== undefined) connections.set(answer, facts);
}

/** Every way in which a request can end without an answer, as our value. */
export function failureOf(error: unknown): StripeFailure {
  if (!(error instanceof StripeSdk.errors.StripeConnectionError)) return UNWRITABLE;
  const { detail } = error as { detail?: { code?: string } };
  if (detail instanceof ProxyFailure) return ofProxy(detail);
  if (detail instanceof UnwritableRequest) return UNWRITABLE;
  const code = detail?.code ?? '';
  if (NEVER_CONNECTED.has(code)) return { ok: false, kind: 'unsent', message: 'no connection to Stripe', said: {} };
  return {
    ok: false,
    kind: 'lost',
    message: 'no answer from Stripe',
    said: {},
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
  said: {},
};

/** Credentials that are wrong are wrong the next time too. */
function ofProxy({ reason, message }: ProxyFailure): StripeFailure {
  return {
    ok: false,
    kind: 'unsent',
    proxy: reason,
    message,
    said: {},
    ...(reason === 'AUTH' ? { shouldRetry: false } : {}),
  };
}
