/**
 * `npm start`: serves all functions on one local port with the functions-framework. The functions call the Stripe
 * sandbox unless the environment names another server. No account and no cloud project is needed.
 */
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as framework from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { handlers } from 'functions:all';
import { SEEDS } from '../sandbox/control/seeds.ts';
import { signingSecrets } from '../sandbox/events/webhook-endpoints.ts';
import type { Sandbox } from '../sandbox/server.ts';
import { MAX_MESSAGE_BYTES } from '../http/preload/pubsub.ts';
import { MAX_EVENT_BYTES } from '../http/preload/webhook.ts';
import { setBodyLimit } from '../http/preload/http.ts';
import { MANAGEMENT_ROUTES } from '../management/function.ts';
import { quoted } from '../bounds.ts';
import { ConnectorError, errorBody, toConnectorError } from '../errors.ts';
import { deployment } from '../config/load.ts';
import { exposureOf } from '../config/exposure.ts';
import { createLocalApp, type App } from '../app.ts';
import { writeAdminToken, newAdminToken } from './admin-token.ts';
import { checkHealth } from '../management/health.ts';
import { describeKey, keyStatusOf } from '../management/key-status.ts';
import { startMessage } from './announce.ts';
import { docsRoute, isDocsPath } from './docs/docs-route.ts';
import { checkLocalRequest } from './guard.ts';
import { isSandboxPath, proxySandbox } from './sandbox-proxy.ts';
import { stripeServer, type StripeServer } from './stripe-server.ts';

const LOCAL_SETTINGS = 'stripe-connector-local';

let stripe: StripeServer | undefined;

/** Returns the signing secrets of the sandbox, so that the function stripe-events accepts its webhooks. */
function secretsOf({ state }: Sandbox): () => readonly string[] {
  return () => signingSecrets(state.accounts.values());
}

const docs = docsRoute(__dirname);

/**
 * The request that checks the API key at the start. It reads public data and no object of the account. Stripe responds
 * with 401 to an invalid key, and with 403 to a restricted key that lacks the permission, so 403 counts as valid. https://docs.stripe.com/keys/restricted-api-keys,
 * https://docs.stripe.com/changelog/2016-10-19/insufficient-permissions-throw-403-error
 */
const KEY_CHECK_REQUEST = { path: '/v1/country_specs', params: { limit: '1' } };

/** Maximum time that the start waits for the check of the key. A later result is printed when it arrives. */
const MAX_KEY_CHECK_MS = 5000;

/** The server has no authentication, so it must not be reachable from other machines. */
const HOST = '127.0.0.1';

/** Functions that accept larger bodies, with their limits in bytes. */
const LARGE_BODIES: readonly (readonly [RegExp, number])[] = [
  [/^\/automation(\/|\?|$)/, MAX_MESSAGE_BYTES],
  [/^\/stripe-events(\/|\?|$)/, MAX_EVENT_BYTES],
];

async function start(): Promise<void> {
  if (process.env['K_SERVICE'] !== undefined)
    throw new Error('this server is for local development only; unset K_SERVICE');
  const port = readPort();
  checkWebhookSecret();
  const { open: openRequested, ...sandboxOptions } = startOptions(process.argv.slice(2));
  stripe = await stripeServer(sandboxOptions, __dirname);
  const { sandbox, description } = stripe;
  const adminToken = newAdminToken();
  const exposure = exposureOf(deployment(), { host: HOST, open: openRequested });
  const app = createLocalApp({
    open: exposure.open,
    adminToken,
    sandboxSecrets: sandbox === undefined ? undefined : secretsOf(sandbox),
  });
  const server = createLocalServer(port);
  // The check runs before the server is ready, so that all later requests to Stripe come from callers.
  const keyCheck = sandbox === undefined ? checkApiKey(app) : Promise.resolve(undefined);
  const keyLine = await Promise.race([keyCheck, pause(MAX_KEY_CHECK_MS, undefined, { ref: false })]);
  server.listen(port, HOST, () => {
    const listeningPort = portOf(server, port);
    const isTokenWritten = writeAdminToken(process.env, listeningPort, adminToken) !== undefined;
    const message = startMessage({
      port: listeningPort,
      functions: Object.keys(handlers),
      stripe: description,
      state: describeState(),
      exposure,
      settings: app.settings,
      capacity: app.capacity,
      keyLine,
      publishes: app.publishes,
      runsSandbox: sandbox !== undefined,
      shownToken: isTokenWritten ? undefined : adminToken,
    });
    console.log(message);
    if (keyLine === undefined) void keyCheck.then((line) => line !== undefined && console.log(line));
  });
}

/** Checks the API key at Stripe. Returns the line that the server prints about it. */
async function checkApiKey(app: App): Promise<string | undefined> {
  return describeKey(await keyStatusOf(app, (connector) => checkHealth(connector, KEY_CHECK_REQUEST)));
}

/** Returns the port that a server listens on, which differs from the requested port 0. */
function portOf(server: Server, requestedPort: number): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : requestedPort;
}

function readPort(): number {
  const port = Number(process.env['PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartOptionError('PORT must be a port number from 0 to 65535');
  return port;
}

/** Rejects a secret that was copied from an example with dots, because every delivery would fail. */
function checkWebhookSecret(): void {
  if (process.env['STRIPE_WEBHOOK_SECRET']?.includes('...') === true)
    throw new StartOptionError('STRIPE_WEBHOOK_SECRET has dots: set the whole signing secret, whsec_ and what follows');
}

/** Creates the HTTP server of all functions. The process ends if the server cannot listen on the port. */
function createLocalServer(port: number): Server {
  framework.http(LOCAL_SETTINGS, route);
  setBodyLimit((url) => LARGE_BODIES.find(([path]) => path.test(url))?.[1]);
  const server = getTestServer(LOCAL_SETTINGS);
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

/** A port or an option that is not valid. */
class StartOptionError extends Error {
  override readonly name = 'StartOptionError';
}

interface StartOptions {
  readonly open: boolean;
  /** Name of a seed that fills an empty sandbox. */
  readonly seed: string | undefined;
  /** File that keeps the state of the sandbox between runs. */
  readonly data: string | undefined;
}

/** Reads the options of `npm start -- --open --seed demo --data shop.json`. */
function startOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { open: { type: 'boolean' }, seed: { type: 'string' }, data: { type: 'string' } },
    });
    const { open = false, seed, data } = values;
    if (seed === undefined || Object.hasOwn(SEEDS, seed)) return { open, seed, data };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new StartOptionError(`${problem}; npm start supports --open, --seed demo and --data FILE`, { cause });
  }
  throw new StartOptionError(`--seed must be one of ${Object.keys(SEEDS).join(', ')}`);
}

function describeState(): string {
  const emulator = process.env['FIRESTORE_EMULATOR_HOST'];
  if (emulator !== undefined) return `Firestore emulator at ${emulator}`;
  const project = process.env['GOOGLE_CLOUD_PROJECT'];
  return project === undefined ? 'in memory of this process, lost when it stops' : `Firestore of project ${project}`;
}

/** Handles every request to the local server. The first segment of the path is the name of a function. */
const route: framework.HttpFunction = (request, response): void => {
  const rejection = checkLocalRequest(request);
  if (rejection !== undefined) {
    const body = errorBody(rejection);
    response.status(body.error['code'] as number).json(body);
    return;
  }
  if (isSandboxPath(request.path)) {
    const targets = { forConsole: stripe?.sandbox?.url, forPrograms: stripe?.sandboxUrl };
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
};

start().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof StartOptionError ? 2 : 1);
});
