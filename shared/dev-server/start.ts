/**
 * `npm start`: serves all functions on one local port with the functions-framework, against the Stripe sandbox unless
 * the environment names another server. Needs no account and no cloud project.
 */
import path from 'node:path';
import * as framework from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { handlers } from 'functions:all';
import { SEEDS } from '../sandbox/control/seeds.ts';
import { startSandbox } from '../sandbox/server.ts';
import { MAX_MESSAGE_BYTES } from '../http/preload/pubsub.ts';
import { MAX_EVENT_BYTES } from '../http/preload/webhook.ts';
import { setBodyLimit } from '../http/preload/http.ts';
import { MANAGEMENT_ROUTES } from '../management/function.ts';
import { quoted } from '../bounds.ts';
import { ConnectorError, errorBody, toConnectorError } from '../errors.ts';
import { deployment } from '../config/load.ts';
import { exposureOf } from '../config/exposure.ts';
import { createLocalApp } from '../app.ts';
import { keepAdminToken, newAdminToken } from './admin-token.ts';
import { announcement } from './announce.ts';
import { docsRoute, isDocsPath } from './docs/docs-route.ts';
import { rejectUnsafeStart } from './guard.ts';
import { isSandboxPath, proxySandbox } from './sandbox-proxy.ts';

const LOCAL_SETTINGS = 'stripe-connector-local';

/** Base URL of the sandbox that this process started. */
let sandboxUrl: string | undefined;

const docs = docsRoute(__dirname);

/** The server has no authentication, so it must not be reachable from other machines. */
const HOST = '127.0.0.1';

/** Functions that accept larger bodies. */
const LARGER: readonly (readonly [RegExp, number])[] = [
  [/^\/automation(\/|\?|$)/, MAX_MESSAGE_BYTES],
  [/^\/stripe-events(\/|\?|$)/, MAX_EVENT_BYTES],
];

async function start(): Promise<void> {
  if (process.env['K_SERVICE'] !== undefined)
    throw new Error('this server is for local development only; unset K_SERVICE');
  const port = Number(process.env['PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('PORT must be a port number from 0 to 65535');
  const { open: requested, seed } = startOptions(process.argv.slice(2));
  const stripe = await stripeServer(seed);
  const adminToken = newAdminToken();
  const openness = exposureOf(deployment(), { host: HOST, open: requested });
  const { settings, capacity } = createLocalApp(openness.open, adminToken);
  framework.http(LOCAL_SETTINGS, route);
  setBodyLimit((url) => LARGER.find(([path]) => path.test(url))?.[1]);
  const server = getTestServer(LOCAL_SETTINGS);
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE'
        ? `port ${port} is in use; choose another one with PORT=8081 npm start`
        : error.message,
    );
    process.exit(1);
  });
  server.listen(port, HOST, () => {
    const address = server.address();
    const actual = typeof address === 'object' && address !== null ? address.port : port;
    const isKept = keepAdminToken(process.env, actual, adminToken) !== undefined;
    const functions = Object.keys(handlers);
    const shownToken = isKept ? undefined : adminToken;
    const place = { stripe, state: describeState(), openness, settings, capacity, shownToken };
    console.log(announcement({ port: actual, functions, ...place }));
  });
}

/** `npm start -- --open --seed demo` */
function startOptions(args: readonly string[]): { open: boolean; seed: string | undefined } {
  const at = args.indexOf('--seed');
  const seed = at < 0 ? undefined : args[at + 1];
  const unknown = args.find((word, index) => word !== '--open' && (at < 0 || (index !== at && index !== at + 1)));
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}; npm start supports --open and --seed demo`);
  if (at >= 0 && (seed === undefined || !Object.hasOwn(SEEDS, seed)))
    throw new Error(`--seed must be one of ${Object.keys(SEEDS).join(', ')}`);
  return { open: args.includes('--open'), seed };
}

/** Starts the sandbox unless the environment has a key: then the server is STRIPE_API_BASE or Stripe. */
async function stripeServer(seed: string | undefined): Promise<string> {
  if (process.env['STRIPE_API_KEY'] !== undefined) return process.env['STRIPE_API_BASE'] ?? 'https://api.stripe.com';
  if (process.env['STRIPE_API_BASE'] !== undefined)
    throw new Error('STRIPE_API_BASE requires STRIPE_API_KEY; set both');
  const sandbox = await startSandbox({
    port: Number(process.env['SANDBOX_PORT'] ?? 0),
    catalogFolder: path.join(__dirname, 'catalog'),
    ...(seed === undefined ? {} : { fill: seed }),
  });
  sandboxUrl = sandbox.url;
  process.env['STRIPE_API_KEY'] = sandbox.apiKey;
  process.env['STRIPE_API_BASE'] = sandbox.url;
  return `sandbox at ${sandbox.url} (its data is in memory and is lost when the server stops)`;
}

function describeState(): string {
  const emulator = process.env['FIRESTORE_EMULATOR_HOST'];
  if (emulator !== undefined) return `Firestore emulator at ${emulator}`;
  const project = process.env['GOOGLE_CLOUD_PROJECT'];
  return project === undefined ? 'in memory of this process, lost when it stops' : `Firestore of project ${project}`;
}

/** The first segment of the path names the function. */
const route: framework.HttpFunction = (request, response): void => {
  const rejection = rejectUnsafeStart(request);
  if (rejection !== undefined) {
    const body = errorBody(rejection);
    response.status(body.error['code'] as number).json(body);
    return;
  }
  if (isSandboxPath(request.path)) {
    proxySandbox(request, response, sandboxUrl).catch((error: unknown) => {
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
  const served = MANAGEMENT_ROUTES.has(name) ? 'connection' : name;
  const handler = Object.hasOwn(handlers, served) ? handlers[served] : undefined;
  if (handler !== undefined) {
    void handler(request, response);
    return;
  }
  const message = `no function ${JSON.stringify(quoted(name))}; the functions are ${Object.keys(handlers).join(', ')}`;
  response.status(404).json(errorBody(new ConnectorError('NOT_FOUND', message, { reason: 'NO_SUCH_FUNCTION' })));
};

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
