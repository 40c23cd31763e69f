import type { IncomingMessage } from 'node:http';
import type { HttpClient } from '../http-client.ts';
import type { DigestSession } from './digest-session.ts';
import { NEVER_CONNECTED } from '../never-connected.ts';
import { endsAtProxy } from '../tls-facts.ts';
import { proxyFailure, statusFailure } from './proxy-failure.ts';

/**
 * Requests to an http target in absolute form: the whole address goes to the proxy, which sends the request on. Only for
 * a Stripe-compatible server on a laptop: Stripe itself is https.
 */
export function absoluteForm(
  client: HttpClient,
  proxy: URL,
  authorize: DigestSession | string | undefined,
): HttpClient {
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (host, port, path, method, headers, body, _protocol, timeout) => {
    const uri = `http://${host}:${String(port)}${path}`;
    const protocol = proxy.protocol === 'https:' ? 'https' : 'http';
    const once = (proxyAuthorization: string | undefined): ReturnType<HttpClient['makeRequest']> => {
      const more = {
        Host: `${host}:${String(port)}`,
        ...(proxyAuthorization && { 'Proxy-Authorization': proxyAuthorization }),
      };
      const sent = send(proxy.hostname, proxy.port, uri, method, { ...headers, ...more }, body, protocol, timeout);
      return sent.catch((error: unknown) => {
        throw NEVER_CONNECTED.has((error as { code?: string }).code ?? '') ? proxyFailure(error) : error;
      });
    };
    const answer = async (header: string | undefined) => {
      const response = await once(header);
      const raw = response.getRawResponse() as IncomingMessage;
      endsAtProxy(raw.socket);
      const { 'proxy-authenticate': challenge = '', 'proxy-authentication-info': info } =
        response.getHeaders() as Record<string, string | undefined>;
      const status = response.getStatusCode();
      // Unread, its connection would never be free again.
      if (status === 407) raw.resume();
      return { response, status, challenge: [challenge], info };
    };
    const { response, status } =
      authorize === undefined || typeof authorize === 'string'
        ? await answer(authorize)
        : await authorize.through(method, uri, answer);
    if (status === 407) throw statusFailure(status);
    return response;
  };
  return client;
}
