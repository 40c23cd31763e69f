import type { IncomingMessage } from 'node:http';

/** What arrived, in order: tests read it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  /** Milliseconds on this process's monotonic clock, when the head was read. */
  readonly at: number;
  readonly account?: string;
  readonly idempotencyKey?: string;
  readonly version?: string;
  readonly key: string;
  /** When its answer was written or its connection gone; undefined while it is under way. */
  doneAt?: number;
  /** Whether the answer went out as it was: no fault met the request. */
  clean?: boolean;
  /** HTTP status of a clean answer. */
  status?: number;
}

export function received(request: IncomingMessage, where: string, query: string, body: string, at: number): Received {
  const [account, key, version] = ['stripe-account', 'idempotency-key', 'stripe-version'].map((name) =>
    header(request, name),
  );
  return {
    method: request.method ?? '',
    path: where,
    query,
    body,
    at,
    key: keyOf(request),
    ...(account === undefined ? {} : { account }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(version === undefined ? {} : { version }),
  };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The API key: Bearer, or the user of Basic. */
export function keyOf(request: IncomingMessage): string {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  return /^basic$/i.test(scheme) ? (Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '') : '';
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
