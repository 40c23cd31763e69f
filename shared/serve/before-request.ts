/**
 * The one file that works at load. The framework parses a body before any handler of ours, takes up to 1 GiB of it
 * (after inflation), and answers what it cannot parse with an HTML page that carries a stack. This hook stands before
 * it, on Node's own channel of starting requests, and
 *   - refuses a body over the limit, announced or streamed (413), and a compressed one (415);
 *   - turns every error page of the framework into the connector's JSON;
 *   - lets the calls under way end before the process does (`drain`).
 * In the cloud it also reads the settings once: a deployment that cannot work fails where it is deployed, not later.
 * Source of the channel: https://nodejs.org/api/diagnostics_channel.html#http
 */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { readDeployment } from '../connection/environment.ts';
import { ConnectorError, errorBody } from '../errors.ts';
import { drainAtEnd } from './drain.ts';

/** Bytes of a request body at most. */
export const BODY_LIMIT = 1024 * 1024;

/** Far over the framework's own limit, so that its parser refuses without reading. */
const REFUSED_LENGTH = String(2 ** 40);

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Guards one request. `refusal` is what the error page becomes where we know better than its status. */
export function guard({ request, response }: Started): void {
  let refusal: number | undefined;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    refusal = 415;
    request.headers['content-encoding'] = 'refused';
  } else if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) {
    refusal = 413;
    request.headers['content-length'] = REFUSED_LENGTH;
  } else if (request.headers['transfer-encoding'] !== undefined) {
    countStreamed(request, () => (refusal = 413));
  }
  shapeErrors(response, () => refusal);
}

/**
 * A streamed body has no announced length: what is beyond the limit is dropped as it comes. The answer waits for its
 * end, because a connection that is closed while the caller still sends would take the answer with it.
 */
function countStreamed(request: IncomingMessage, tooLarge: () => void): void {
  const push = request.push.bind(request);
  let bytes = 0;
  request.push = (chunk: Buffer | null) => {
    bytes += chunk === null ? 0 : chunk.length;
    if (bytes <= BODY_LIMIT) return push(chunk);
    tooLarge();
    if (chunk !== null) return true;
    // No JSON ends with this byte: the parser refuses what came before, whole or not.
    push(Buffer.from('\u0000'));
    return push(null);
  };
}

/** The framework ends its error pages as HTML in one piece: that piece becomes ours. */
function shapeErrors(response: ServerResponse, refusal: () => number | undefined): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    if (response.headersSent || response.statusCode < 400 || !isPage(response)) return end(...args);
    const code = refusal() ?? response.statusCode;
    const body = Buffer.from(JSON.stringify(errorBody(errorOf(code))));
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = code;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', body.length);
    // The rest of a refused body would be read as the next request.
    if (code === 413 || code === 415) response.setHeader('Connection', 'close');
    return end(body);
  }) as ServerResponse['end'];
}

function isPage(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/');
}

function errorOf(code: number): ConnectorError {
  switch (code) {
    case 413:
      return new ConnectorError('INVALID_ARGUMENT', `the body is larger than ${BODY_LIMIT} bytes`, {
        reason: 'BODY_TOO_LARGE',
        http: 413,
      });
    case 415:
      return new ConnectorError(
        'INVALID_ARGUMENT',
        'the body must be plain UTF-8 JSON: no other encoding or charset is taken',
        { reason: 'BODY_ENCODING', http: 415 },
      );
    case 404:
      return new ConnectorError('NOT_FOUND', 'there is nothing here', { reason: 'NO_SUCH_FUNCTION' });
    default:
      return code < 500
        ? new ConnectorError('INVALID_ARGUMENT', 'the body is not JSON that can be read', { reason: 'BODY_MALFORMED' })
        : new ConnectorError('INTERNAL', 'the connector failed; the log has the cause', { reason: 'INTERNAL' });
  }
}

diagnosticsChannel.subscribe('http.server.request.start', (message) => {
  guard(message as Started);
  drainAtEnd((message as { readonly server: Server }).server);
});

if (process.env['K_SERVICE'] !== undefined) readDeployment(process.env, (file) => readFileSync(file, 'utf8'));
