import type { HttpClient } from '../http-client.ts';
import { nodeHttpClient, type NodeHttpClientOptions } from '../node-http-client.ts';
import { absoluteForm } from './absolute-form.ts';
import { DigestSession } from './digest-session.ts';
import { digestTunnel, plainTunnel } from './tunnel-agent.ts';

/** Settings of the proxy between the connector and Stripe. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'BASIC' | 'DIGEST' | 'NONE';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly ssltype: 'AUTO' | 'ALWAYS' | 'NEVER' | 'TUNNEL';
}

/** Supplies the proxy settings. The password may change between calls. */
export interface ProxySource {
  read(): Promise<Proxy>;
  /**
   * Reads the password again, because the proxy rejected the password `rejected`. Returns true if the password has
   * changed.
   */
  refresh(rejected: string): Promise<boolean>;
}

/**
 * Creates the SDK's HTTP client for a proxy. The target is https (Stripe) or http (a local server).
 *
 * | target | AUTO | ALWAYS | NEVER | TUNNEL |
 * | http | absolute form | absolute form, TLS to the proxy | absolute form | CONNECT |
 * | https | CONNECT | CONNECT, TLS to the proxy | rejected at start-up | CONNECT |
 */
export function proxyHttpClient(
  proxy: Proxy,
  target: 'http' | 'https',
  options: NodeHttpClientOptions = {},
): HttpClient {
  const { host, port, scheme, user = '', password = '', ssltype } = proxy;
  const url = new URL(`${ssltype === 'ALWAYS' ? 'https' : 'http'}://${host}:${port}`);
  const session = scheme === 'DIGEST' ? new DigestSession({ user, password }) : undefined;
  if (target === 'http' && ssltype !== 'TUNNEL') {
    const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return absoluteForm(url, session ?? (scheme === 'BASIC' ? basic : undefined), options);
  }
  if (session !== undefined)
    return nodeHttpClient({ agent: digestTunnel(url, target === 'https', session), ...options });
  if (scheme === 'BASIC') {
    url.username = encodeURIComponent(user);
    url.password = encodeURIComponent(password);
  }
  return nodeHttpClient({ agent: plainTunnel(url, target === 'https'), ...options });
}
