/**
 * An HTTP proxy to Firestore in a process of its own that notes every call: what kind, which documents, how long it
 * took until the answer was here.
 *   node meter.cjs TARGET_PORT
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoreCall {
  readonly kind: 'commit' | 'read' | 'count';
  readonly tookMs: number;
  /** Documents as `connections/{name}/shards/0`. */
  readonly wrote: readonly string[];
  /** Of those written, the ones that were new by the condition of the write. */
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly read: readonly string[];
}

interface Write {
  readonly update?: { readonly name: string };
  readonly transform?: { readonly document: string };
  readonly delete?: string;
  readonly currentDocument?: { readonly exists?: boolean };
}

const [targetPort] = process.argv.slice(2).map(Number) as [number];
const agent = new http.Agent({ keepAlive: true });
let calls: StoreCall[] = [];

/** `projects/p/databases/d/documents/connections/...` without the database. */
function pathOf(name: string): string {
  return name.slice(name.indexOf('/documents/') + '/documents/'.length);
}

function describe(url: string, body: string): Omit<StoreCall, 'tookMs'> {
  const none = { wrote: [], created: [], deleted: [], read: [] };
  if (url.includes(':runAggregationQuery')) return { ...none, kind: 'count' };
  const { writes = [], documents = [] } = JSON.parse(body) as { writes?: Write[]; documents?: string[] };
  if (url.includes(':batchGet')) return { ...none, kind: 'read', read: documents.map(pathOf) };
  if (!url.includes(':commit')) throw new Error(`an unknown call: ${url}`);
  const written = writes.filter((write) => write.delete === undefined);
  const nameOf = ({ update, transform }: Write): string => pathOf(update?.name ?? transform?.document ?? '');
  return {
    kind: 'commit',
    wrote: written.map(nameOf),
    created: written.filter(({ currentDocument }) => currentDocument?.exists === false).map(nameOf),
    deleted: writes.flatMap((write) => (write.delete === undefined ? [] : [pathOf(write.delete)])),
    read: [],
  };
}

const server = http.createServer((request, response) => {
  const begun = performance.now();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const { method = 'POST', url = '/', headers } = request;
    const onward = http.request({ host: '127.0.0.1', port: targetPort, path: url, method, headers, agent });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      answer.on('end', () => calls.push({ ...describe(url, body.toString()), tookMs: performance.now() - begun }));
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
});
server.keepAliveTimeout = 120_000;
process.on('message', () => {
  process.send?.({ calls });
  calls = [];
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
