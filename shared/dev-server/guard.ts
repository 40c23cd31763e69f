import type { IncomingMessage } from 'node:http';
import { ConnectorError } from '../errors.ts';
import { carriesBody } from '../http/endpoint.ts';

/**
 * The local server stands on a laptop beside a browser: it takes what a program on this machine sends and refuses
 * what a page of another origin could. Undefined where the request may pass.
 */
export function rejectUnsafeStart(request: Pick<IncomingMessage, 'method' | 'headers'>): ConnectorError | undefined {
  const { host = '', origin } = request.headers;
  if (!isLocal(host)) return refused('the Host header must be localhost or 127.0.0.1', 'FOREIGN_HOST');
  if (origin !== undefined && !isLocalOrigin(origin))
    return refused('requests of other origins are refused', 'FOREIGN_ORIGIN');
  if (request.method === 'POST' && hasBody(request.headers) && !isJson(request.headers['content-type'])) {
    return new ConnectorError('INVALID_ARGUMENT', 'the content type must be application/json', {
      reason: 'CONTENT_TYPE',
      http: 415,
    });
  }
  return undefined;
}

function isLocal(host: string): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d{1,5})?$/i.test(host);
}

function isLocalOrigin(origin: string): boolean {
  return /^https?:\/\//i.test(origin) && isLocal(origin.replace(/^https?:\/\//i, ''));
}

/** A page of another origin can send no body without a content type that says so. */
function hasBody(headers: IncomingMessage['headers']): boolean {
  return headers['content-type'] !== undefined || carriesBody(headers);
}

function isJson(type: string | undefined): boolean {
  return /^application\/(cloudevents(-batch)?\+)?json\s*(;|$)/i.test(type ?? '');
}

function refused(message: string, reason: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason });
}
