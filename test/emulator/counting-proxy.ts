import http from 'node:http';

export interface CountingProxy {
  /** `host:port` */
  readonly host: string;
  /** Requests so far. */
  readonly requests: number;
  /** Those that are queries. */
  readonly queries: number;
  close(): Promise<void>;
}

/** Passes HTTP requests to an emulator and counts them. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let requests = 0;
  let queries = 0;
  const agent = new http.Agent({ keepAlive: true });
  const [host, port] = target.split(':');
  const server = http.createServer((request, response) => {
    const { method, url = '', headers } = request;
    requests += 1;
    if (url.includes(':runQuery')) queries += 1;
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
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
