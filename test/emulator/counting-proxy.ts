import http from 'node:http';

export interface CountingProxy {
  /** `host:port` */
  readonly host: string;
  /** Requests so far. */
  readonly requests: number;
  close(): Promise<void>;
}

/** Passes HTTP requests to an emulator and counts them. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let requests = 0;
  const agent = new http.Agent({ keepAlive: true });
  const [host, port] = target.split(':');
  const server = http.createServer((request, response) => {
    requests += 1;
    const { method, url, headers } = request;
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
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
