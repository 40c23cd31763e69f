/**
 * The one file that works at load. The framework parses a body before any handler of ours, takes up to 1 GiB of it
 * (after inflation), and answers what it cannot parse with an HTML page that carries a stack. This hook stands before
 * it, on Node's own channel of starting requests, and
 *   - refuses a body that is too large, too deep or compressed (`body-guard`);
 *   - turns every error page of the framework into the connector's JSON (`error-pages`);
 *   - keeps Express from printing what it could not parse (`framework-errors`);
 *   - lets the calls under way end before the process does (`drain`);
 *   - spares every request the framework's domain (`domains`).
 * In the cloud it also reads the settings once: a deployment that cannot work fails where it is deployed, not later.
 * Source of the channel: https://nodejs.org/api/diagnostics_channel.html#http
 */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { deployment } from '../../config/load.ts';
import { DEFAULT_MAX_BODY_BYTES, MOST_BODY_BYTES } from '../../config/settings.ts';
import { limitBody } from './body-limits.ts';
import { disableDomains } from './domains.ts';
import { trackRequest } from './graceful-shutdown.ts';
import { handleFrameworkErrors } from './framework-errors.ts';
import { rewriteErrorPages, type BodyLimit } from './json-error-pages.ts';

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

let largerFor: (path: string) => number | undefined = () => undefined;

/** Bytes of a body at most where a path may take more than `max_body_bytes`; the last word counts. */
export function setBodyLimit(larger: (path: string) => number | undefined): void {
  largerFor = larger;
}

/** On a laptop the settings are read with the first request; what is wrong with them every call says itself. */
function bodyLimit(path: string): BodyLimit {
  const larger = largerFor(path);
  if (larger !== undefined) return { bytes: larger };
  try {
    return { bytes: deployment().settings.maxBodyBytes, mostSet: MOST_BODY_BYTES };
  } catch {
    return { bytes: DEFAULT_MAX_BODY_BYTES };
  }
}

disableDomains();

diagnosticsChannel.subscribe('http.server.request.start', (message) => {
  const { request, response, server } = message as Started;
  handleFrameworkErrors(server);
  trackRequest(server, response);
  const limit = bodyLimit(request.url ?? '/');
  rewriteErrorPages(response, limit, limitBody(request, limit.bytes));
});

if (process.env['K_SERVICE'] !== undefined) deployment();
