/** Agents that reach their target through CONNECT. Sockets are kept alive, so calls share the tunnels. */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { DigestSession, ProxyResponse } from './digest-session.ts';
import { proxyFailure, statusFailure } from './proxy-failure.ts';

type Done = (error: Error | null, socket?: Duplex) => void;
interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}
type CreateConnection = (this: http.Agent, options: object, done?: Done) => Duplex;

/** Maximum time for the proxy to open a tunnel. */
const TUNNEL_TIMEOUT_MS = 5000;
const TUNNEL_AGENT_OPTIONS: http.AgentOptions = { keepAlive: true };

/**
 * Creates an agent for a proxy without credentials, or with Basic ones in its URL. Every failure before the tunnel is
 * open becomes a `ProxyFailure`.
 */
export function plainTunnel(proxy: URL, tls: boolean): http.Agent {
  const agent = tls
    ? new HttpsProxyAgent({ ...TUNNEL_AGENT_OPTIONS, proxy })
    : new HttpProxyAgent({ ...TUNNEL_AGENT_OPTIONS, proxy });
  const create = (agent as unknown as { createConnection: CreateConnection }).createConnection;
  const withProxyErrors: CreateConnection = function (options, done) {
    return create.call(this, { ...options, timeout: TUNNEL_TIMEOUT_MS }, (error, socket) =>
      done?.(error === null ? null : proxyFailure(error), socket),
    );
  };
  return Object.assign(agent, { createConnection: withProxyErrors });
}

/** Creates an agent for a proxy with Digest authentication, which `hpagent` does not support. */
export function digestTunnel(proxy: URL, tls: boolean, session: DigestSession): http.Agent {
  const agent = tls ? new https.Agent(TUNNEL_AGENT_OPTIONS) : new http.Agent(TUNNEL_AGENT_OPTIONS);
  const create = (agent as unknown as { createConnection: CreateConnection }).createConnection;
  const connectThroughTunnel: CreateConnection = function (options, done) {
    const target = options as TunnelTarget;
    openTunnel(proxy, target, session).then(
      (socket) => done?.(null, tls ? create.call(this, { ...options, socket }) : socket),
      (error: unknown) => done?.(proxyFailure(error)),
    );
    // Node's agent waits for `done` if no socket is returned.
    return undefined as unknown as Duplex;
  };
  return Object.assign(agent, { createConnection: connectThroughTunnel });
}

/** Opens a tunnel to a target through the proxy. */
async function openTunnel(proxy: URL, { host, port }: TunnelTarget, session: DigestSession): Promise<Duplex> {
  const authority = `${host}:${port}`;
  const { status, socket } = await session.authenticate('CONNECT', authority, (header) =>
    connect(proxy, authority, header),
  );
  if (status === 200) return socket;
  socket.destroy();
  throw statusFailure(status);
}

/** Sends one CONNECT. If the response is not a 200, the connection is closed. */
function connect(
  proxy: URL,
  authority: string,
  proxyAuthorization: string | undefined,
): Promise<ProxyResponse & { readonly socket: Duplex }> {
  const headers: http.OutgoingHttpHeaders = { host: authority };
  if (proxyAuthorization !== undefined) headers['proxy-authorization'] = proxyAuthorization;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? https : http).request({
      method: 'CONNECT',
      host: proxy.hostname,
      port: proxy.port,
      path: authority,
      setHost: false,
      agent: false,
      timeout: TUNNEL_TIMEOUT_MS,
      headers,
    });
    // `timeout` only limits the time between bytes. This timer also ends a response that arrives byte by byte.
    const responseTimer = setTimeout(
      () => request.destroy(new Error('the proxy did not complete its response in time')),
      TUNNEL_TIMEOUT_MS,
    );
    request.once('timeout', () => request.destroy(new Error('the proxy did not answer')));
    request.once('close', () => clearTimeout(responseTimer));
    request.once('error', reject);
    request.once('connect', ({ statusCode = 0, headers: received, rawHeaders }, socket) => {
      clearTimeout(responseTimer);
      request.removeAllListeners();
      socket.removeAllListeners();
      if (statusCode !== 200) socket.destroy();
      const info = received['proxy-authentication-info'];
      resolve({
        status: statusCode,
        challenge: valuesOf(rawHeaders, 'proxy-authenticate'),
        info: Array.isArray(info) ? info[0] : info,
        socket,
      });
    });
    request.end();
  });
}

/** Returns every value of a header that may be repeated. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
