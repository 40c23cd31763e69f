import type { IncomingMessage } from 'node:http';
import StripeSdk from 'stripe';
import type { HttpClient } from './http-client.ts';
import { NEVER_CONNECTED } from './never-connected.ts';
import { nodeClient } from './node-client.ts';
import { proxiedClient, type Proxy, type ProxySource } from './proxy/proxied-client.ts';
import { ProxyFailure } from './proxy/proxy-failure.ts';
import { tlsFacts } from './tls-facts.ts';
import type { StripeSaid } from '../errors.ts';
import { lazily } from '../lazily.ts';
import type { Facts } from '../ports/log.ts';
import type {
  Params,
  Seen,
  Stripe,
  StripeAnswer,
  StripeFailure,
  StripeObject,
  StripeRequest,
} from '../ports/stripe.ts';

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
    const { path, params } = onTheWire(request);
    const ready = sdkOf(apiKey);
    const sdk = ready instanceof Promise ? await ready : ready;
    try {
      const body: unknown = await sdk.rawRequest(request.method, path, params, {
        timeout: Math.max(1, Math.round(timeoutMs)),
        maxNetworkRetries: 0,
        ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
        ...(request.account === undefined ? {} : { stripeAccount: request.account }),
      });
      return success(body);
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
  const onAnswer = showTls ? keepTls : undefined;
  if (proxy === undefined) return lazily(() => nodeClient({ onAnswer }));
  const target = base?.startsWith('http:') === true ? 'http' : 'https';
  let made: { readonly client: HttpClient; readonly through: Proxy } | undefined;
  return async () => {
    const through = await proxy.read();
    if (made?.through.password !== through.password || made === undefined)
      made = { client: proxiedClient(through, target, onAnswer), through };
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

/** Stripe's bracket notation: `created[gte]=1`, `expand[0]=x`. */
export function encodeQuery(params: Params): string {
  const pairs: string[] = [];
  const visit = (name: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((item, index) => visit(`${name}[${index}]`, item));
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(`${name}[${key}]`, inner);
    } else if (value !== undefined) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  };
  for (const [name, value] of Object.entries(params)) visit(name, value);
  return pairs.join('&');
}

function success(body: unknown): StripeAnswer {
  if (typeof body !== 'object' || body === null)
    return { ok: false, kind: 'lost', message: 'unreadable answer', said: {} };
  const last = (body as { lastResponse?: IncomingMessage & { requestId?: string } }).lastResponse;
  const requestId = last?.requestId;
  const answer = { ok: true as const, body: body as StripeObject, ...(requestId === undefined ? {} : { requestId }) };
  return last === undefined ? answer : { ...answer, seen: seenOf(last) };
}

/** Of answers whose connection was looked at. */
const connections = new WeakMap<IncomingMessage, Facts>();

function keepTls(answer: IncomingMessage): void {
  const facts = tlsFacts(answer.socket);
  if (facts !== undefined) connections.set(answer, facts);
}

function seenOf(answer: IncomingMessage): Seen {
  const { statusCode, headers } = answer;
  return {
    ...(statusCode === undefined ? {} : { status: statusCode }),
    headers: headers as Seen['headers'],
    tls: () => connections.get(answer),
  };
}

/** Every way a request can fail, SDK error classes included, as our value. */
export function failureOf(error: unknown): StripeFailure {
  if (!(error instanceof StripeSdk.errors.StripeError) || error instanceof StripeSdk.errors.StripeConnectionError) {
    const detail = (error as { detail?: { code?: string } }).detail;
    if (detail instanceof ProxyFailure) return ofProxy(detail);
    const unsent = NEVER_CONNECTED.has(detail?.code ?? '');
    return { ok: false, kind: unsent ? 'unsent' : 'lost', message: 'no answer from Stripe', said: said(error) };
  }
  // An answer that is no JSON (a proxy's page, a cut-off body) has no status here.
  if (error.statusCode === undefined)
    return { ok: false, kind: 'lost', message: 'unreadable answer from Stripe', said: said(error) };
  const headers = error.headers ?? {};
  return {
    ok: false,
    kind: 'refused',
    httpStatus: error.statusCode,
    message: error.message,
    said: said(error),
    seen: { status: error.statusCode, headers },
    ...retryHeaders(headers),
  };
}

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

function retryHeaders(
  headers: Readonly<Record<string, string | undefined>>,
): Pick<StripeFailure, 'retryAfterMs' | 'shouldRetry'> {
  const seconds = Number(headers['retry-after']);
  const should = headers['stripe-should-retry'];
  return {
    ...(headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0
      ? { retryAfterMs: seconds * 1000 }
      : {}),
    ...(should === 'true' || should === 'false' ? { shouldRetry: should === 'true' } : {}),
  };
}

function said(error: unknown): StripeSaid {
  if (!(error instanceof StripeSdk.errors.StripeError)) return {};
  const { rawType, code, decline_code: declineCode, param, requestId, doc_url: docUrl } = error;
  const facts = { type: rawType, code, declineCode, param, requestId, docUrl };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value === 'string'));
}
