import StripeSdk from 'stripe';
import type { HttpClient, HttpResponse } from '../http-client.ts';
import type { DigestSession, ProxyResponse } from './digest-session.ts';
import { CONNECT_ERROR_CODES } from '../connect-error-codes.ts';
import { nodeHttpClient, type NodeHttpClientOptions } from '../node-http-client.ts';
import { markProxySocket } from '../tls-info.ts';
import { proxyFailure, statusFailure } from './proxy-failure.ts';

/**
 * Sends requests to an http target in absolute form: the proxy receives the whole URL and forwards the request.
 *
 * Only for a Stripe-compatible server in local development. Stripe itself requires https.
 */
export function absoluteForm(
  proxy: URL,
  authorize: DigestSession | string | undefined,
  options: NodeHttpClientOptions = {},
): HttpClient {
  const client = nodeHttpClient({
    ...options,
    onResponse: (response) => {
      markProxySocket(response.socket);
      options.onResponse?.(response);
    },
  });
  const send = client.makeRequest.bind(client);
  client.makeRequest = (host, port, path, method, headers, body, _protocol, timeout) => {
    const startedMs = performance.now();
    const uri = `http://${host}:${String(port)}${path}`;
    const protocol = proxy.protocol === 'https:' ? 'https' : 'http';
    const sendOnceWith = (proxyAuthorization: string | undefined): ReturnType<HttpClient['makeRequest']> => {
      const leftMs = timeout - (performance.now() - startedMs);
      // The caller has already timed out.
      if (leftMs <= 0) throw StripeSdk.HttpClient.makeTimeoutError();
      const proxyHeaders: Record<string, string> = { Host: `${host}:${String(port)}` };
      if (proxyAuthorization !== undefined) proxyHeaders['Proxy-Authorization'] = proxyAuthorization;
      const allHeaders = { ...headers, ...proxyHeaders };
      const sent = send(proxy.hostname, proxy.port, uri, method, allHeaders, body, protocol, leftMs);
      return sent.catch(throwConnectFailure);
    };
    const exchange = async (): ReturnType<HttpClient['makeRequest']> => {
      const { response, status } =
        authorize === undefined || typeof authorize === 'string'
          ? toProxyResponse(await sendOnceWith(authorize))
          : await authorize.authenticate(method, uri, async (header) => toProxyResponse(await sendOnceWith(header)));
      if (status === 407) throw statusFailure(status);
      return response;
    };
    return withExchangeTimeout(exchange(), timeout);
  };
  return client;
}

/** Throws a failed connection to the proxy as a `ProxyFailure`, and any other error unchanged. */
function throwConnectFailure(error: unknown): never {
  throw CONNECT_ERROR_CODES.has((error as { code?: string }).code ?? '') ? proxyFailure(error) : error;
}

/** Returns a response with the parts that Digest authentication needs. */
function toProxyResponse(response: HttpResponse): ProxyResponse & { readonly response: HttpResponse } {
  const { 'proxy-authenticate': challenge = '', 'proxy-authentication-info': info } = response.getHeaders() as Record<
    string,
    string | undefined
  >;
  const status = response.getStatusCode();
  // The body of a 407 is not used. Its failure must not become an unhandled rejection.
  if (status === 407) (response.toJSON() as Promise<unknown>).catch(() => undefined);
  return { response, status, challenge: [challenge], info };
}

/**
 * Rejects with Stripe's timeout error after `timeoutMs`. The time includes the wait for earlier exchanges, because
 * Digest exchanges run one at a time.
 */
function withExchangeTimeout<T>(exchange: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(StripeSdk.HttpClient.makeTimeoutError()), timeoutMs);
    void exchange.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
