import StripeSdk from 'stripe';
import type { HttpClient } from '../http-client.ts';
import type { DigestSession } from './digest-session.ts';
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
  shown: NodeHttpClientOptions = {},
): HttpClient {
  const client = nodeHttpClient({
    ...shown,
    onAnswer: (response) => {
      markProxySocket(response.socket);
      shown.onAnswer?.(response);
    },
  });
  const send = client.makeRequest.bind(client);
  client.makeRequest = (host, port, path, method, headers, body, _protocol, timeout) => {
    const begun = performance.now();
    const uri = `http://${host}:${String(port)}${path}`;
    const protocol = proxy.protocol === 'https:' ? 'https' : 'http';
    const once = (proxyAuthorization: string | undefined): ReturnType<HttpClient['makeRequest']> => {
      const leftMs = timeout - (performance.now() - begun);
      // The caller has already timed out.
      if (leftMs <= 0) throw StripeSdk.HttpClient.makeTimeoutError();
      const more = {
        Host: `${host}:${String(port)}`,
        ...(proxyAuthorization && { 'Proxy-Authorization': proxyAuthorization }),
      };
      const sent = send(proxy.hostname, proxy.port, uri, method, { ...headers, ...more }, body, protocol, leftMs);
      return sent.catch((error: unknown) => {
        throw CONNECT_ERROR_CODES.has((error as { code?: string }).code ?? '') ? proxyFailure(error) : error;
      });
    };
    const answer = async (header: string | undefined) => {
      const response = await once(header);
      const { 'proxy-authenticate': challenge = '', 'proxy-authentication-info': info } =
        response.getHeaders() as Record<string, string | undefined>;
      const status = response.getStatusCode();
      if (status === 407) (response.toJSON() as Promise<unknown>).catch(() => undefined);
      return { response, status, challenge: [challenge], info };
    };
    const requested = async (): ReturnType<HttpClient['makeRequest']> => {
      const { response, status } =
        authorize === undefined || typeof authorize === 'string'
          ? await answer(authorize)
          : await authorize.through(method, uri, answer);
      if (status === 407) throw statusFailure(status);
      return response;
    };
    return withinProxy(requested(), timeout);
  };
  return client;
}

/** Digest exchanges run one at a time, so the wait for earlier ones counts towards the timeout. */
function withinProxy<T>(requested: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(StripeSdk.HttpClient.makeTimeoutError()), timeoutMs);
    void requested.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
