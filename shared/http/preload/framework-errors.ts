/**
 * Express prints every error that no middleware ends, with its stack and, of a body that is no JSON, the text of the
 * caller. A middleware behind all others ends them without their words: `error-pages` makes the answer of the status.
 * https://expressjs.com/en/guide/error-handling.html#the-default-error-handler
 */
import type { Server, ServerResponse } from 'node:http';

/** An Express application, as far as it is used here. */
interface Application {
  use(handler: (error: unknown, request: unknown, response: ServerResponse, next: unknown) => void): void;
}

const ended = new WeakSet<Server>();

/** Adds the middleware to the application of a server, once. */
export function handleFrameworkErrors(server: Server): void {
  if (ended.has(server)) return;
  ended.add(server);
  for (const listener of server.listeners('request')) if (isApplication(listener)) listener.use(endError);
}

/** Express knows an error handler by its four parameters. */
function endError(error: unknown, _request: unknown, response: ServerResponse, _next: unknown): void {
  const status = statusOf(error);
  const line = {
    severity: status < 500 ? 'WARNING' : 'ERROR',
    message: 'the framework refused a request before its function',
    status,
    kind: kindOf(error),
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end();
}

/** `status` of an error of body-parser, such as 413. https://github.com/expressjs/body-parser#errors */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}

/** `entity.parse.failed`: body-parser's own name of it. Never a message: that carries what the caller wrote. */
function kindOf(error: unknown): string {
  const kind = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  return typeof kind === 'string' && /^[a-z.]{1,40}$/.test(kind)
    ? kind
    : error instanceof Error
      ? error.name
      : 'unknown';
}

function isApplication(listener: unknown): listener is Application {
  return typeof listener === 'function' && 'use' in listener && typeof listener.use === 'function';
}
