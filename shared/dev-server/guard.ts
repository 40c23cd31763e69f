import type { IncomingMessage } from 'node:http';
import { ConnectorError } from '../errors.ts';
import { carriesBody } from '../http/endpoint.ts';

/**
 * Protects the local server, which has no authentication, from web pages in a browser on the same machine. Returns an
 * error if the request may come from a page of another machine, otherwise undefined. A page can send a body to another
 * origin without a preflight request only if the body is not declared as JSON, so other bodies are rejected.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS
 */
export function checkLocalRequest(request: Pick<IncomingMessage, 'method' | 'headers'>): ConnectorError | undefined {
  const { host = '', origin } = request.headers;
  if (!isLocalAddress(host)) return forbidden('the Host header must be localhost or 127.0.0.1', 'FOREIGN_HOST');
  if (origin !== undefined && !isLocalOrigin(origin))
    return forbidden('requests from other origins are not allowed', 'FOREIGN_ORIGIN');
  if (request.method === 'POST' && hasBody(request.headers) && !isJsonType(request.headers['content-type'])) {
    return new ConnectorError('INVALID_ARGUMENT', 'the content type must be application/json', {
      reason: 'CONTENT_TYPE',
      http: 415,
    });
  }
  return undefined;
}

function isLocalAddress(host: string): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d{1,5})?$/i.test(host);
}

function isLocalOrigin(origin: string): boolean {
  return /^https?:\/\//i.test(origin) && isLocalAddress(origin.replace(/^https?:\/\//i, ''));
}

/** Returns whether a request may have a body. A content type alone is enough. */
function hasBody(headers: IncomingMessage['headers']): boolean {
  return headers['content-type'] !== undefined || carriesBody(headers);
}

function isJsonType(type: string | undefined): boolean {
  return /^application\/(cloudevents(-batch)?\+)?json\s*(;|$)/i.test(type ?? '');
}

function forbidden(message: string, reason: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason });
}
