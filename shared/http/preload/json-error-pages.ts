/** The framework ends its error pages as HTML, with a stack; here they become the connector's JSON. */
import type { ServerResponse } from 'node:http';
import { MAX_DEPTH, MAX_VALUES } from '../../bounds.ts';
import { annotateError } from '../../stripe/call-context.ts';
import { isOperationId } from '../../operations/request/ids.ts';
import { ConnectorError, errorBody } from '../../errors.ts';
import type { BodyRejection } from './body-limits.ts';

export interface BodyLimit {
  readonly bytes: number;
  /** What `max_body_bytes` may be at most; undefined where it has no say. */
  readonly mostSet?: number;
}

/** Turns the error page of this response, if it becomes one, into JSON. */
export function rewriteErrorPages(
  response: ServerResponse,
  limit: BodyLimit,
  refusal: () => BodyRejection | undefined,
): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    if (response.headersSent || response.statusCode < 400 || !isPage(response)) return end(...args);
    const why = refusal() ?? (isPath(response.req.url ?? '/') ? response.statusCode : 'no path');
    const key = keyOf(response.req.headers['idempotency-key']);
    // The body was not read: an earlier call with the key that the caller chose may have had its effect.
    const error = annotateError(errorOf(why, limit), key === undefined ? {} : { operationId: key }, 'unknown');
    const body = errorBody(error);
    const text = Buffer.from(JSON.stringify(body));
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = body.error['code'] as number;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', text.length);
    if (key !== undefined) response.setHeader('Idempotency-Key', key);
    // The rest of a refused body would be read as the next request.
    if (error.details.http !== undefined) response.setHeader('Connection', 'close');
    return end(text);
  }) as ServerResponse['end'];
}

/** The key that the caller chose. A key in a body that was refused is not known. */
function keyOf(input: string | string[] | undefined): string | undefined {
  return typeof input === 'string' && isOperationId(input) ? input : undefined;
}

function isPage(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/');
}

/** The framework refuses a path that is not percent-encoded UTF-8 before any function sees it. */
function isPath(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

function errorOf(why: BodyRejection | 'no path' | number, limit: BodyLimit): ConnectorError {
  switch (why) {
    case 'too large':
    case 413:
      return new ConnectorError('INVALID_ARGUMENT', tooLarge(limit), {
        reason: 'BODY_TOO_LARGE',
        http: 413,
      });
    case 'too many values':
      return new ConnectorError('INVALID_ARGUMENT', `the body holds more than ${MAX_VALUES} values`, {
        reason: 'BODY_TOO_LARGE',
        http: 413,
      });
    case 'too deep':
      return new ConnectorError('INVALID_ARGUMENT', `the body is nested deeper than ${MAX_DEPTH} objects and arrays`, {
        reason: 'BODY_TOO_DEEP',
        http: 400,
      });
    case 'encoding':
    case 415:
      return new ConnectorError(
        'INVALID_ARGUMENT',
        'the body must be plain UTF-8 JSON: no other encoding or charset is taken',
        { reason: 'BODY_ENCODING', http: 415 },
      );
    case 'no path':
      return new ConnectorError('INVALID_ARGUMENT', 'the path is not encoded as that of a URL', {
        reason: 'NO_SUCH_PATH',
      });
    case 404:
      return new ConnectorError('NOT_FOUND', 'there is nothing here', { reason: 'NO_SUCH_FUNCTION' });
    default:
      return why < 500
        ? new ConnectorError('INVALID_ARGUMENT', 'the body is not JSON that can be read', { reason: 'BODY_MALFORMED' })
        : new ConnectorError('INTERNAL', 'the connector failed; the log has the cause', { reason: 'INTERNAL' });
  }
}

function tooLarge({ bytes, mostSet }: BodyLimit): string {
  const said = `the body is larger than ${bytes} bytes`;
  return mostSet === undefined || bytes >= mostSet
    ? said
    : `${said}; set max_body_bytes, which may be up to ${mostSet}`;
}
