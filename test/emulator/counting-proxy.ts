import http from 'node:http';

export interface CountingProxy {
  /** `host:port` */
  readonly host: string;
  /** Requests so far. */
  readonly requests: number;
  /** Those that are queries. */
  readonly queries: number;
  /** Documents that were written to a collection of a connection. */
  writes(collection: string): number;
  /**
   * From now on the client gets no answer to a write to this collection, or to a request with this method (`:publish`);
   * undefined ends it. The emulator does not get the request either, unless only the answer is withheld.
   */
  withhold(what: string | undefined, part?: 'request' | 'answer'): void;
  /** Requests or answers that were withheld. */
  readonly withheld: number;
  close(): Promise<void>;
}

/** Passes HTTP requests to an emulator and counts them. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let requests = 0;
  let queries = 0;
  const written = new Map<string, number>();
  let heldBack: { readonly what: string; readonly part: 'request' | 'answer' } | undefined;
  let withheld = 0;
  const countWrites = (commit: string): void => {
    for (const [, collection = ''] of commit.matchAll(/"name": ?"[^"]*\/connections\/[^/"]+\/(\w+)\//g))
      written.set(collection, (written.get(collection) ?? 0) + 1);
  };
  const agent = new http.Agent({ keepAlive: true });
  const [host, port] = target.split(':');
  const server = http.createServer((request, response) => {
    const { method, url = '', headers } = request;
    requests += 1;
    if (url.includes(':runQuery')) queries += 1;
    const isHeldBack = (part: 'request' | 'answer', commit?: Buffer): boolean => {
      if (heldBack?.part !== part) return false;
      const { what } = heldBack;
      if (what.startsWith(':') ? url.split('?')[0]?.endsWith(what) !== true : commit?.includes(`/${what}/`) !== true)
        return false;
      withheld += 1;
      return true;
    };
    const pass = (commit?: Buffer): http.ClientRequest => {
      const passed = http.request({ host, port, method, path: url, headers, agent }, (answer) => {
        if (isHeldBack('answer', commit)) {
          answer.resume();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      return passed;
    };
    if (!url.includes(':commit')) {
      if (!isHeldBack('request')) request.pipe(pass());
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const commit = Buffer.concat(chunks);
      if (isHeldBack('request', commit)) return;
      countWrites(commit.toString());
      pass(commit).end(commit);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    get requests() {
      return requests;
    },
    get queries() {
      return queries;
    },
    writes: (collection) => written.get(collection) ?? 0,
    withhold(what, part = 'request') {
      heldBack = what === undefined ? undefined : { what, part };
    },
    get withheld() {
      return withheld;
    },
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
