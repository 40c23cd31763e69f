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
  close(): Promise<void>;
}

/** Passes HTTP requests to an emulator and counts them. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let requests = 0;
  let queries = 0;
  const written = new Map<string, number>();
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
    if (url.includes(':commit')) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => countWrites(Buffer.concat(chunks).toString()));
    }
    const passed = http.request({ host, port, method, path: url, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
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
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
