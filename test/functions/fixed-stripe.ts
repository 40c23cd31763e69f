import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FixedRequest {
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: http.IncomingHttpHeaders;
}

/** A server that gives one answer and keeps what it was asked: for golden vectors, where the answer is the fixture. */
export async function fixedStripe(): Promise<{ url: string; answer: unknown; asked: FixedRequest[]; close(): void }> {
  const state = { url: '', answer: {} as unknown, asked: [] as FixedRequest[], close: () => void server.close() };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const form = Object.fromEntries(
        new URLSearchParams(request.method === 'POST' ? Buffer.concat(chunks).toString() : query),
      );
      state.asked.push({ method: request.method ?? '', path, form, headers: request.headers });
      response
        .writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_fixed' })
        .end(JSON.stringify(state.answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}
