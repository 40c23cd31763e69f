import type { Request, Response } from '@google-cloud/functions-framework';
import { ConnectorError, errorBody } from '../errors.ts';

/** Paths of the sandbox's admin API that the console may call, by method. */
const CONSOLE_PATHS: readonly (readonly [method: string, path: RegExp])[] = [
  ['GET', /^(requests|faults|rate_limit|time|billing|deliveries)$/],
  ['GET', /^deliveries\/\w{1,200}\/body$/],
  ['POST', /^(faults|rate_limit|time|billing|search_lag|seed)$/],
  ['DELETE', /^(requests|faults)$/],
  ['POST', /^(deliveries|events)\/\w{1,200}\/resend$/],
];

const CONSOLE_PREFIX = '/console/sandbox/';
/**
 * Prefix of the sandbox's admin API for programs. The paths are those of the sandbox. A program uses the fixed port of
 * this server, because the port of the sandbox changes with each start unless SANDBOX_PORT is set.
 */
const CONTROL_PREFIX = '/_sandbox/';

export function isSandboxPath(path: string): boolean {
  return path.startsWith(CONSOLE_PREFIX) || path.startsWith(CONTROL_PREFIX);
}

/** Base URLs of the sandboxes that requests are forwarded to. */
export interface SandboxTargets {
  /** The sandbox in this process. */
  readonly forConsole: string | undefined;
  /** The sandbox in this process, or another one on this machine. */
  readonly forPrograms: string | undefined;
}

/** Forwards a request to the admin API of the sandbox, so that the console and programs call this server only. */
export async function proxySandbox(request: Request, response: Response, targets: SandboxTargets): Promise<void> {
  const isConsole = request.path.startsWith(CONSOLE_PREFIX);
  const sandbox = isConsole ? targets.forConsole : targets.forPrograms;
  const path = request.path.slice((isConsole ? CONSOLE_PREFIX : CONTROL_PREFIX).length);
  if (sandbox === undefined) return reject(response, 'this server does not run a sandbox', 'NO_SANDBOX');
  if (isConsole && !CONSOLE_PATHS.some(([method, pattern]) => method === request.method && pattern.test(path)))
    return reject(response, `the console cannot call ${request.method} ${path} of the sandbox`, 'NO_SUCH_PATH');
  const hasBody = request.method === 'POST' || request.method === 'PUT';
  const reply = await fetch(`${sandbox}/_sandbox/${path}`, {
    method: request.method,
    headers: hasBody ? { 'Content-Type': 'application/json' } : {},
    body: hasBody ? JSON.stringify(request.body ?? {}) : null,
  });
  if (reply.headers.get('content-type')?.startsWith('application/json') !== true)
    return reject(response, `pages are not forwarded; open ${sandbox}/_sandbox/${path}`, 'NO_SUCH_PATH');
  const body = await reply.text();
  response
    .status(reply.status)
    .type('application/json')
    .send(reply.ok ? body : errorText(body));
}

/** Converts an error of the sandbox, `{"error": "..."}`, or of another server to an error body of the connector. */
function errorText(text: string): string {
  const { error } = JSON.parse(text) as { error?: unknown };
  const message = typeof error === 'string' ? error : 'the server that STRIPE_API_BASE names is not the sandbox';
  return JSON.stringify(errorBody(new ConnectorError('INVALID_ARGUMENT', message, { reason: 'SANDBOX_REJECTED' })));
}

function reject(response: Response, message: string, reason: string): void {
  response.status(404).json(errorBody(new ConnectorError('NOT_FOUND', message, { reason })));
}
