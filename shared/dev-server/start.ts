/**
 * `npm start`: serves all functions on one local port with the functions-framework. Without STRIPE_API_KEY in the
 * environment, the functions call the Stripe sandbox, so no account and no cloud project is needed.
 */
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { handlers } from 'functions:all';
import { signingSecrets } from '../sandbox/events/webhook-endpoints.ts';
import type { Sandbox } from '../sandbox/server.ts';
import { deployment } from '../config/load.ts';
import { exposureOf } from '../config/exposure.ts';
import { createLocalApp, type App } from '../app.ts';
import { writeAdminToken, newAdminToken } from './admin-token.ts';
import { checkHealth } from '../management/health.ts';
import { describeKey, keyStatusOf } from '../management/key-status.ts';
import { startMessage } from './announce.ts';
import { createLocalServer } from './local-server.ts';
import { checkWebhookSecret, readPort, startOptions, StartOptionError } from './start-options.ts';
import { stripeServer } from './stripe-server.ts';

/**
 * Returns a function that returns the current signing secrets of the sandbox, so that the function `stripe-events`
 * accepts the sandbox's webhooks.
 */
function secretsOf({ state }: Sandbox): () => readonly string[] {
  return () => signingSecrets(state.accounts.values());
}

/**
 * The request that checks the API key at the start. It reads public data and no object of the account. Stripe responds
 * with 401 to an invalid key, and with 403 to a restricted key that lacks the permission, so 403 counts as valid. https://docs.stripe.com/keys/restricted-api-keys,
 * https://docs.stripe.com/changelog/2016-10-19/insufficient-permissions-throw-403-error
 */
const KEY_CHECK_REQUEST = { path: '/v1/country_specs', params: { limit: '1' } };

/** Maximum time that the start waits for the result of the key check. A later result is printed when it arrives. */
const MAX_KEY_CHECK_MS = 5000;

/** The server has no authentication, so it must not be reachable from other machines. */
const HOST = '127.0.0.1';

async function start(): Promise<void> {
  if (process.env['K_SERVICE'] !== undefined)
    throw new Error('this server is for local development only; unset K_SERVICE');
  const port = readPort();
  checkWebhookSecret();
  const { open: openRequested, ...sandboxOptions } = startOptions(process.argv.slice(2));
  const stripe = await stripeServer(sandboxOptions, __dirname);
  const { sandbox, description } = stripe;
  const adminToken = newAdminToken();
  const exposure = exposureOf(deployment(), { host: HOST, open: openRequested });
  const app = createLocalApp({
    open: exposure.open,
    adminToken,
    sandboxSecrets: sandbox === undefined ? undefined : secretsOf(sandbox),
  });
  const server = createLocalServer(port, stripe);
  // The server waits for the check before it is ready, so that usually all later requests to Stripe come from callers.
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

function describeState(): string {
  const emulator = process.env['FIRESTORE_EMULATOR_HOST'];
  if (emulator !== undefined) return `Firestore emulator at ${emulator}`;
  const project = process.env['GOOGLE_CLOUD_PROJECT'];
  return project === undefined ? 'in memory of this process, lost when it stops' : `Firestore of project ${project}`;
}

start().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof StartOptionError ? 2 : 1);
});
