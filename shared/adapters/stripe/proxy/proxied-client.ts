import type { HttpClient } from '../http-client.ts';
import { nodeHttpClient, type NodeHttpClientOptions } from '../node-http-client.ts';
import { absoluteForm } from './absolute-form.ts';
import { DigestSession } from './digest-session.ts';
import { digestTunnel, plainTunnel } from './tunnel-agent.ts';

/** The way to Stripe through a proxy. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'BASIC' | 'DIGEST' | 'NONE';
  readonly user?: string;
  readonly password?: string;
  readonly ssltype: 'AUTO' | 'ALWAYS' | 'NEVER' | 'TUNNEL';
}

/** Where the way comes from: the password may be another one from call to call. */
export interface ProxySource {
  read(): Promise<Proxy>;
  /** After the proxy rejected that password: true where there is another now. */
  refresh(rejected: string): Promise<boolean>;
}

/**
 * The SDK's http client through a proxy, for a target of https (Stripe) or http (a server on a laptop).
 *
 * | target | AUTO | ALWAYS | NEVER | TUNNEL |
 * | http | absolute form | absolute form, TLS to the proxy | absolute form | CONNECT |
 * | https | CONNECT | CONNECT, TLS to the proxy | refused at start-up | CONNECT |
 */
export function proxyHttpClient(proxy: Proxy, target: 'http' | 'https', shown: NodeHttpClientOptions = {}): HttpClient {
  const { host, port, scheme, user = '', password = '', ssltype } = proxy;
  const url = new URL(`${ssltype === 'ALWAYS' ? 'https' : 'http'}://${host}:${port}`);
  const session = scheme === 'DIGEST' ? new DigestSession({ user, password }) : undefined;
  if (target === 'http' && ssltype !== 'TUNNEL') {
    const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return absoluteForm(url, session ?? (scheme === 'BASIC' ? basic : undefined), shown);
  }
  if (session !== undefined) return nodeHttpClient({ agent: digestTunnel(url, target === 'https', session), ...shown });
  if (scheme === 'BASIC') {
    url.username = encodeURIComponent(user);
    url.password = encodeURIComponent(password);
  }
  return nodeHttpClient({ agent: plainTunnel(url, target === 'https'), ...shown });
}
