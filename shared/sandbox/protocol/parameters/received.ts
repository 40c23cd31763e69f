import type { IncomingMessage } from 'node:http';
import { boundaryOf, formAsSent, formOf, parseParts, type FormPart } from './multipart.ts';
import { StripeApiError } from '../../api-error.ts';

/** A request as the sandbox received it, for tests. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The body. An upload is encoded as a form, with the content of its file as base64. */
  readonly body: string;
  readonly contentType?: string | undefined;
  /** File name and content type of an upload. */
  readonly file?: Pick<FormPart, 'fileName' | 'type'> | undefined;
  /** When the headers were read, in milliseconds of this process's monotonic clock. */
  readonly at: number;
  readonly account?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly version?: string | undefined;
  /** The API key. */
  readonly key: string;
  /** When the response was complete or the connection was closed. Undefined while the request is in progress. */
  doneAt?: number;
  /** False if a fault changed the response. */
  clean?: boolean;
  /** HTTP status of the response. */
  status?: number;
}

/** Returns the record of a request for tests and the admin API. */
export function toReceivedRequest(
  request: IncomingMessage,
  path: string,
  query: string,
  { sent, file }: ReceivedBody,
  at: number,
): ReceivedRequest {
  const [account, key, version, contentType] = [
    'stripe-account',
    'idempotency-key',
    'stripe-version',
    'content-type',
  ].map((name) => header(request, name));
  return {
    method: request.method ?? '',
    path,
    query,
    body: sent,
    at,
    file: file === undefined ? undefined : { fileName: file.fileName, type: file.type },
    key: apiKeyOfRequest(request),
    account,
    idempotencyKey: key,
    version,
    contentType,
  };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Returns the API key: the Bearer token, or the user name of Basic authentication. */
export function apiKeyOfRequest(request: IncomingMessage): string {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  return /^basic$/i.test(scheme) ? (Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '') : '';
}

export async function receiveBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The body of a request, encoded as a form. */
export interface ReceivedBody {
  /** The form with the names that the client sent, for tests. */
  readonly sent: string;
  /** The form with the names that the routes accept. */
  readonly form: string;
  readonly file?: FormPart | undefined;
  readonly isUpload: boolean;
}

/** Parses a body. A malformed multipart body becomes a form with an unknown parameter, which every route rejects. */
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
      file,
      isUpload: true,
    };
  } catch (error) {
    if (!(error instanceof StripeApiError)) throw error;
    const form = `malformed_body=${encodeURIComponent(String(error.body.message))}`;
    return { sent: form, form, isUpload: true };
  }
}
