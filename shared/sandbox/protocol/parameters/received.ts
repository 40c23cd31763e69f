import type { IncomingMessage } from 'node:http';
import { boundaryOf, formAsSent, formOf, parseParts, type FormPart } from './multipart.ts';
import { Refusal } from '../../refusal.ts';

/** What arrived, in order: tests read it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Of an upload the form that its parts make, the file as base64. */
  readonly body: string;
  readonly contentType?: string;
  /** What an upload says of its file. */
  readonly file?: Pick<FormPart, 'fileName' | 'type'>;
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

export function received(
  request: IncomingMessage,
  where: string,
  query: string,
  { sent, file }: ReceivedBody,
  at: number,
): Received {
  const [account, key, version, contentType] = [
    'stripe-account',
    'idempotency-key',
    'stripe-version',
    'content-type',
  ].map((name) => header(request, name));
  return {
    method: request.method ?? '',
    path: where,
    query,
    body: sent,
    at,
    ...(file === undefined ? {} : { file: { fileName: file.fileName, type: file.type } }),
    key: apiKeyOf(request),
    ...(account === undefined ? {} : { account }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(version === undefined ? {} : { version }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The API key: Bearer, or the user of Basic. */
export function apiKeyOf(request: IncomingMessage): string {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  return /^basic$/i.test(scheme) ? (Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '') : '';
}

export async function receiveBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A body as a form. */
export interface ReceivedBody {
  /** Unchanged, for tests to read. */
  readonly sent: string;
  /** As the routes take it. */
  readonly form: string;
  readonly file?: FormPart;
  readonly isUpload: boolean;
}

/** Reads a request. An unreadable multipart body gives a form that every route rejects. */
export function parseReceived(request: IncomingMessage, bytes: Buffer): ReceivedBody {
  const boundary = boundaryOf(header(request, 'content-type'));
  const text = bytes.toString('utf8');
  if (boundary === undefined) return { sent: text, form: text, isUpload: false };
  try {
    const parts = parseParts(bytes, boundary);
    const file = parts.find(({ fileName }) => fileName !== undefined);
    return {
      sent: formAsSent(parts),
      form: formOf(parts),
      ...(file === undefined ? {} : { file }),
      isUpload: true,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const form = `malformed_body=${encodeURIComponent(String(error.body.message))}`;
    return { sent: form, form, isUpload: true };
  }
}
