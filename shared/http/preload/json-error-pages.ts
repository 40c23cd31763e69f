/** Rewrites the framework's HTML error pages, which show a stack, to the connector's JSON. */
import type { ServerResponse } from 'node:http';
import { invalidJsonMessage } from '../../json/exact-json.ts';
import { decodeJsonBytes } from '../../json/utf8.ts';
import { MAX_DEPTH, MAX_VALUES } from '../../bounds.ts';
import { annotateError } from '../../stripe/call-context.ts';
import { isOperationId } from '../../operations/request/ids.ts';
import { ConnectorError, errorBody } from '../../errors.ts';
import type { BodyRejection } from './body-limits.ts';

export interface BodyLimit {
  readonly bytes: number;
  /** The upper limit of `max_body_bytes`. Undefined if that setting does not apply. */
  readonly maxSetting?: number;
}

/**
 * Rewrites the response to JSON if it becomes an error page. `rejectionOf` returns why `limitBody` rejected the body,
 * if it did.
 */
export function rewriteErrorPages(
  response: ServerResponse,
  limit: BodyLimit,
  rejectionOf: () => BodyRejection | undefined,
): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    if (response.headersSent || response.statusCode < 400 || !isPage(response)) return end(...args);
    const problem = rejectionOf() ?? (hasValidPath(response.req.url ?? '/') ? response.statusCode : 'no path');
    const key = idempotencyKeyOf(response.req.headers['idempotency-key']);
    // The record of the caller's key is not read here. An earlier call with the same key may have taken effect, so the
    // effect is unknown.
    const error = annotateError(
      errorOf(problem, limit, rawBodyOf(response)),
      key === undefined ? {} : { operationId: key },
      'unknown',
    );
    const body = errorBody(error);
    const text = Buffer.from(JSON.stringify(body));
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = body.error['code'] as number;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', text.length);
    if (key !== undefined) response.setHeader('Idempotency-Key', key);
    // Only an error for a rejected body has `details.http`. On an open connection the server would read the rest of
    // such a body as the next request.
    if (error.details.http !== undefined) response.setHeader('Connection', 'close');
    return end(text);
  }) as ServerResponse['end'];
}

/** Returns the key from the caller's header. The key in a rejected body is not read. */
function idempotencyKeyOf(input: string | string[] | undefined): string | undefined {
  return typeof input === 'string' && isOperationId(input) ? input : undefined;
}

function isPage(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/');
}

/** Returns whether the path is percent-encoded UTF-8. The framework rejects any other path before a function runs. */
function hasValidPath(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

/** Returns the bytes that the framework read before its parser failed. */
function rawBodyOf({ req }: ServerResponse): Buffer | undefined {
  return 'rawBody' in req && Buffer.isBuffer(req.rawBody) ? req.rawBody : undefined;
}

function errorOf(problem: BodyRejection | 'no path' | number, limit: BodyLimit, rawBody?: Buffer): ConnectorError {
  switch (problem) {
    case 'too large':
    case 413:
      return new ConnectorError('INVALID_ARGUMENT', bodyTooLarge(limit), {
        reason: 'BODY_TOO_LARGE',
        http: 413,
      });
    case 'too many values':
      return new ConnectorError('INVALID_ARGUMENT', `the body has more than ${MAX_VALUES} values; split it`, {
        reason: 'BODY_TOO_LARGE',
        http: 413,
      });
    case 'too deep':
      return new ConnectorError(
        'INVALID_ARGUMENT',
        `the body is nested deeper than ${MAX_DEPTH} levels of objects and arrays`,
        {
          reason: 'BODY_TOO_DEEP',
          http: 400,
        },
      );
    case 'encoding':
    case 415:
      return new ConnectorError(
        'INVALID_ARGUMENT',
        'the body must be uncompressed UTF-8 JSON; other encodings and charsets are not supported',
        { reason: 'BODY_ENCODING', http: 415 },
      );
    case 'no path':
      return new ConnectorError(
        'INVALID_ARGUMENT',
        'the path is not valid percent-encoded UTF-8; encode each segment with encodeURIComponent',
        {
          reason: 'NO_SUCH_PATH',
        },
      );
    case 404:
      return new ConnectorError('NOT_FOUND', 'no function has this path; check the URL', {
        reason: 'NO_SUCH_FUNCTION',
      });
    default:
      return problem < 500
        ? new ConnectorError('INVALID_ARGUMENT', notJson(rawBody), { reason: 'BODY_MALFORMED' })
        : new ConnectorError('INTERNAL', 'the connector failed unexpectedly; see its log for the cause', {
            reason: 'INTERNAL',
          });
  }
}

function notJson(rawBody: Buffer | undefined): string {
  const text = rawBody === undefined ? undefined : decodeJsonBytes(rawBody);
  return text === undefined ? 'the body is not valid JSON' : invalidJsonMessage('the body', text);
}

function bodyTooLarge({ bytes, maxSetting }: BodyLimit): string {
  const message = `the body is larger than ${bytes} bytes`;
  return maxSetting === undefined || bytes >= maxSetting
    ? message
    : `${message}; raise max_body_bytes (up to ${maxSetting})`;
}
