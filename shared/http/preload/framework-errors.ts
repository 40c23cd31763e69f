/**
 * Keeps Express from logging the errors that no middleware handles: the message of a JSON error quotes the caller's
 * body. This middleware runs last and logs such errors without their messages. `json-error-pages` writes the response.
 * https://expressjs.com/en/guide/error-handling.html#the-default-error-handler
 */
import type { Server, ServerResponse } from 'node:http';

/** The part of an Express application that this file uses. */
interface Application {
  use(handler: (error: unknown, request: unknown, response: ServerResponse, next: unknown) => void): void;
}

const extended = new WeakSet<Server>();

/** Adds the error handler to the application of a server, once. */
export function handleFrameworkErrors(server: Server): void {
  if (extended.has(server)) return;
  extended.add(server);
  for (const listener of server.listeners('request')) if (isApplication(listener)) listener.use(endError);
}

/** Logs an error and ends the response. Express recognizes an error handler by its four parameters. */
function endError(error: unknown, _request: unknown, response: ServerResponse, _next: unknown): void {
  const status = errorStatus(error);
  const line = {
    severity: status < 500 ? 'WARNING' : 'ERROR',
    message: 'the framework rejected a request before it reached the function',
    status,
    kind: errorKind(error),
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

/** Returns the `status` of a body-parser error, such as 413. https://github.com/expressjs/body-parser#errors */
function errorStatus(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}

/**
 * Returns the kind of a body-parser error, such as `entity.parse.failed`. Unlike the message of the error, the kind
 * does not contain the caller's input.
 */
function errorKind(error: unknown): string {
  const kind = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (typeof kind === 'string' && /^[a-z.]{1,40}$/.test(kind)) return kind;
  return error instanceof Error ? error.name : 'unknown';
}

function isApplication(listener: unknown): listener is Application {
  return typeof listener === 'function' && 'use' in listener && typeof listener.use === 'function';
}
