import type { Request, Response } from '@google-cloud/functions-framework';
import { ConnectorError, errorBody } from '../errors.ts';

/** Paths of the sandbox's admin API that the console uses, by method. */
const PROXIED_PATHS: readonly (readonly [method: string, path: RegExp])[] = [
  ['GET', /^(requests|faults|rate_limit|time|billing|deliveries)$/],
  ['POST', /^(faults|rate_limit|time|billing|search_lag|seed)$/],
  ['DELETE', /^(requests|faults)$/],
  ['POST', /^(deliveries|events)\/\w{1,200}\/resend$/],
];

const PREFIX = '/console/sandbox/';

export function isSandboxPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/**
 * Forwards a request of the console to the admin API of the local sandbox, so that the page only calls its own origin.
 * `sandbox` is the sandbox's base URL, or undefined if this server does not use the local sandbox.
 */
export async function proxySandbox(request: Request, response: Response, sandbox: string | undefined): Promise<void> {
  const path = request.path.slice(PREFIX.length);
  if (sandbox === undefined) return reject(response, 'this server does not run a sandbox', 'NO_SANDBOX');
  if (!PROXIED_PATHS.some(([method, pattern]) => method === request.method && pattern.test(path)))
    return reject(response, `${request.method} ${path} is not available here`, 'NO_SUCH_PATH');
  const reply = await fetch(`${sandbox}/_sandbox/${path}`, {
    method: request.method,
    ...(request.method === 'POST'
      ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request.body ?? {}) }
      : {}),
  });
  const body = await reply.text();
  response
    .status(reply.status)
    .type('application/json')
    .send(reply.ok ? body : errorText(body));
}

/** Returns the error body for a sandbox error, which is `{"error": "..."}`. */
function errorText(text: string): string {
  const { error } = JSON.parse(text) as { error: string };
  return JSON.stringify(errorBody(new ConnectorError('INVALID_ARGUMENT', error, { reason: 'SANDBOX_REJECTED' })));
}

function reject(response: Response, message: string, reason: string): void {
  response.status(404).json(errorBody(new ConnectorError('NOT_FOUND', message, { reason })));
}
