import type { Server } from 'node:http';
import * as framework from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { handlers } from 'functions:all';
import { quoted } from '../bounds.ts';
import { ConnectorError, errorBody, toConnectorError } from '../errors.ts';
import { setBodyLimit } from '../http/preload/http.ts';
import { MAX_MESSAGE_BYTES } from '../http/preload/pubsub.ts';
import { MAX_EVENT_BYTES } from '../http/preload/webhook.ts';
import { MANAGEMENT_ROUTES } from '../management/function.ts';
import { docsRoute, isDocsPath } from './docs/docs-route.ts';
import { checkLocalRequest } from './guard.ts';
import { isSandboxPath, proxySandbox } from './sandbox-proxy.ts';
import type { StripeServer } from './stripe-server.ts';

/** Name under which the local server is registered with the functions-framework. */
const SERVER_FUNCTION = 'stripe-connector-local';

const docs = docsRoute(__dirname);

/** Functions that accept larger bodies, with their limits in bytes. */
const LARGE_BODIES: readonly (readonly [RegExp, number])[] = [
  [/^\/automation(\/|\?|$)/, MAX_MESSAGE_BYTES],
  [/^\/stripe-events(\/|\?|$)/, MAX_EVENT_BYTES],
];

/**
 * Creates the HTTP server of all functions. If the server reports an error, such as a port in use, the process ends.
 */
export function createLocalServer(port: number, stripe: StripeServer): Server {
  framework.http(SERVER_FUNCTION, (request, response) => route(stripe, request, response));
  setBodyLimit((url) => LARGE_BODIES.find(([path]) => path.test(url))?.[1]);
  const server = getTestServer(SERVER_FUNCTION);
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE'
        ? `error: port ${port} is in use; choose another one with --port or PORT, such as PORT=8081`
        : error.message,
    );
    process.exit(1);
  });
  return server;
}

/**
 * Handles every request to the local server: for the sandbox's admin API, for the documentation, or for a function. The
 * first segment of the path names the function, or a route of the function `connection`.
 */
function route(stripe: StripeServer, request: framework.Request, response: framework.Response): void {
  const rejection = checkLocalRequest(request);
  if (rejection !== undefined) {
    const body = errorBody(rejection);
    response.status(body.error['code'] as number).json(body);
    return;
  }
  if (isSandboxPath(request.path)) {
    const targets = { forConsole: stripe.sandbox?.url, forPrograms: stripe.sandboxUrl };
    proxySandbox(request, response, targets).catch((error: unknown) => {
      const unreachable = new ConnectorError('UNAVAILABLE', 'the sandbox does not respond', {
        reason: 'SANDBOX_UNREACHABLE',
        cause: error,
      });
      response.status(503).json(errorBody(unreachable));
    });
    return;
  }
  if (isDocsPath(request.path)) {
    docs.respond(request, response).catch((error: unknown) => {
      response.status(500).json(errorBody(toConnectorError(error)));
    });
    return;
  }
  const name = request.path.split('/')[1] ?? '';
  const functionName = MANAGEMENT_ROUTES.has(name) ? 'connection' : name;
  const handler = Object.hasOwn(handlers, functionName) ? handlers[functionName] : undefined;
  if (handler !== undefined) {
    void handler(request, response);
    return;
  }
  const message = `no function ${JSON.stringify(quoted(name))}; the functions are ${Object.keys(handlers).join(', ')}`;
  response.status(404).json(errorBody(new ConnectorError('NOT_FOUND', message, { reason: 'NO_SUCH_FUNCTION' })));
}
