import { createHash, randomBytes } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';

export const USER = 'proxy "user"';
export const PASSWORD = 'pass:w\\ord';

/** How the proxy asks for credentials. */
export type Auth =
  | { readonly scheme: 'NONE' }
  | { readonly scheme: 'BASIC' }
  | {
      readonly scheme: 'DIGEST';
      readonly algorithm?: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';
      /** False: the old RFC 2069, without counts. */
      readonly qop?: false;
      /** Uses of a nonce at most: then it is stale. */
      readonly uses?: number;
      /** A new nonce with every answer. */
      readonly nextnonce?: true;
      /** Further challenges. */
      readonly others?: readonly string[];
    };

export interface ProxyOptions {
  readonly auth: Auth;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Instead of a tunnel: this status, or no answer at all. */
  readonly instead?: number | 'silence';
  /** As it is at each request. */
  readonly password?: () => string;
}

export interface TestProxy {
  readonly port: number;
  /** Heads of everything that reached the proxy, CONNECTs and requests in absolute form. */
  readonly seen: {
    readonly method: string;
    readonly url: string;
    readonly headers: http.IncomingHttpHeaders;
    readonly status: number;
  }[];
  /** Ends every connection, tunnels too. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy that counts, with Basic and with Digest by its own reading of RFC 7616. */
export async function startTestProxy(options: ProxyOptions): Promise<TestProxy> {
  const seen: TestProxy['seen'] = [];
  const gate = new Gate(options);
  const sockets = new Set<Socket>();
  const server = options.tls === undefined ? http.createServer() : https.createServer(options.tls);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const enter = (request: IncomingMessage): Passed => {
    const passed = gate.pass(request.method ?? '', request.url ?? '', request.headers['proxy-authorization']);
    const status = passed.status === 200 && typeof options.instead === 'number' ? options.instead : passed.status;
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, status });
    return { ...passed, status };
  };
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const { status, headers } = enter(request);
    if (options.instead === 'silence') return;
    const head = Object.entries(headers)
      .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`))
      .join('');
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n${head}content-length: 0\r\n\r\n`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = net.connect(Number(port), host === 'localhost' ? '127.0.0.1' : host, () => {
      socket.write(`HTTP/1.1 200 Connection established\r\n${head}\r\n`);
      target.pipe(socket).pipe(target);
    });
    for (const one of [target, socket]) one.on('error', () => (target.destroy(), socket.destroy()));
  });
  server.on('request', (request: IncomingMessage, response: http.ServerResponse) => {
    const { status, headers } = enter(request);
    if (options.instead === 'silence') return;
    if (status !== 200) return void response.writeHead(status, headers).end();
    const { 'proxy-authorization': _own, ...onward } = request.headers;
    const forward = http.request(request.url ?? '', { method: request.method, headers: onward }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...headers });
      answer.pipe(response);
    });
    forward.on('error', () => response.writeHead(502).end());
    request.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface Passed {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
}

class Gate {
  private readonly nonces = new Map<string, number>();

  constructor(private readonly options: ProxyOptions) {}

  pass(method: string, uri: string, header: string | undefined): Passed {
    const { auth } = this.options;
    const password = this.options.password?.() ?? PASSWORD;
    if (auth.scheme === 'NONE') return { status: 200, headers: {} };
    if (auth.scheme === 'BASIC') {
      const right = header === `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
      return right
        ? { status: 200, headers: {} }
        : { status: 407, headers: { 'proxy-authenticate': 'Basic realm="test"' } };
    }
    const given = parsed(header ?? '');
    const nonce = given['nonce'] ?? '';
    const used = this.nonces.get(nonce);
    if (!this.isRight(method, uri, given, password)) return this.challenge(false);
    // Every count of a nonce is used once.
    if (
      used === undefined ||
      used >= (auth.uses ?? Infinity) ||
      (auth.qop !== false && parseInt(given['nc'] ?? '', 16) !== used + 1)
    )
      return this.challenge(true);
    this.nonces.set(nonce, used + 1);
    if (auth.nextnonce !== true) return { status: 200, headers: {} };
    this.nonces.delete(nonce);
    return { status: 200, headers: { 'proxy-authentication-info': `nextnonce="${this.fresh()}"` } };
  }

  private fresh(): string {
    const nonce = randomBytes(8).toString('hex');
    this.nonces.set(nonce, 0);
    return nonce;
  }

  private challenge(stale: boolean): Passed {
    const { auth } = this.options;
    if (auth.scheme !== 'DIGEST') throw new Error('no digest');
    const { algorithm = 'MD5', qop, others = [] } = auth;
    const own = `Digest realm="test, realm", nonce="${this.fresh()}", opaque="o\\"p", algorithm=${algorithm}${qop === false ? '' : ', qop="auth-int,auth"'}${stale ? ', stale=TRUE' : ''}`;
    return { status: 407, headers: { 'proxy-authenticate': [...others, own] } };
  }

  private isRight(method: string, uri: string, given: Readonly<Record<string, string>>, password: string): boolean {
    const { auth } = this.options;
    if (auth.scheme !== 'DIGEST' || given['uri'] !== uri || given['username'] !== USER || given['opaque'] !== 'o"p')
      return false;
    const { algorithm = 'MD5', qop } = auth;
    const hash = (text: string): string =>
      createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const { nonce = '', nc = '', cnonce = '' } = given;
    let a1 = hash(`${USER}:test, realm:${password}`);
    if (algorithm.endsWith('-sess')) a1 = hash(`${a1}:${nonce}:${cnonce}`);
    const a2 = hash(`${method}:${uri}`);
    return (
      given['response'] === hash(qop === false ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`)
    );
  }
}

function parsed(header: string): Record<string, string> {
  const pairs = [...header.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))/g)];
  return Object.fromEntries(
    pairs.map(([, name = '', quoted, plain]) => [name, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '']),
  );
}
