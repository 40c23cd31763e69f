/**
 * Prepares every HTTP request, from the import of this module on. The functions framework parses a body before any
 * handler runs. It accepts up to 1 GiB after inflation, and sends an HTML page with a stack if it cannot parse the
 * body. This module subscribes to Node's diagnostics channel for new requests. Its subscriber runs before the parser,
 * and
 *   - rejects a body that is too large, too deep, compressed or not UTF-8 (`body-limits`);
 *   - rewrites error pages of the framework to the connector's JSON (`json-error-pages`);
 *   - keeps Express from printing the body (`framework-errors`);
 *   - lets open requests finish before the process ends (`graceful-shutdown`);
 *   - records when the request arrived (`arrival`).
 * When deployed it also reads the settings, so that a deployment with invalid settings fails at once.
 * https://nodejs.org/api/diagnostics_channel.html#http
 */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { deployment } from '../../config/load.ts';
import { DEFAULT_MAX_BODY_BYTES, MAX_BODY_BYTES } from '../../config/settings/limits.ts';
import { arrivals } from './arrival.ts';
import { limitBody } from './body-limits.ts';
import { trackRequest } from './graceful-shutdown.ts';
import { handleFrameworkErrors } from './framework-errors.ts';
import { rewriteErrorPages, type BodyLimit } from './json-error-pages.ts';

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

let limitOfPath: (path: string) => number | undefined = () => undefined;

/** Sets the function that returns the limit in bytes for paths that accept more than `max_body_bytes`. */
export function setBodyLimit(limitOf: (path: string) => number | undefined): void {
  limitOfPath = limitOf;
}

/**
 * Returns the limit of a path. With invalid settings the default applies. The handler then reports the settings' error.
 */
function bodyLimit(path: string): BodyLimit {
  const pathLimit = limitOfPath(path);
  if (pathLimit !== undefined) return { bytes: pathLimit };
  try {
    return { bytes: deployment().settings.maxBodyBytes, maxSetting: MAX_BODY_BYTES };
  } catch {
    return { bytes: DEFAULT_MAX_BODY_BYTES };
  }
}

diagnosticsChannel.subscribe('http.server.request.start', (message) => {
  const { request, response, server } = message as Started;
  handleFrameworkErrors(server);
  arrivals.note(request);
  trackRequest(server, response);
  const limit = bodyLimit(request.url ?? '/');
  rewriteErrorPages(response, limit, limitBody(request, limit.bytes));
});

if (process.env['K_SERVICE'] !== undefined) deployment();
