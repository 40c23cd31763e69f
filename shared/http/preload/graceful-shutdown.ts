/**
 * Graceful shutdown of an instance.
 *
 * After SIGTERM or an uncaught exception the framework calls `process.exit()` while requests are open, although Cloud
 * Run allows ten seconds. This module rejects new requests, lets open ones finish, releases the instance's share of the
 * rate limit, and ends the process after the last response.
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
import type { Server, ServerResponse } from 'node:http';
import type { Connector } from '../../operations/connector.ts';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import { logCause } from '../log-cause.ts';

/** A function to call on shutdown, and a log for uncaught exceptions. */
export type ShutdownHook = Pick<Connector, 'shutdown' | 'log'>;

/** Maximum duration of the shutdown, below the platform's ten seconds. */
const MAX_DRAIN_MS = 9000;

const hooks = new Set<ShutdownHook>();
const openResponses = new Set<ServerResponse>();
let listening: Server | undefined;
let draining = false;
let onIdle: () => void = () => undefined;

/** Registers a hook that runs when the instance begins to shut down. */
export function onShutdown(hook: ShutdownHook): void {
  hooks.add(hook);
}

/**
 * Tracks a request. The first request replaces the process's handlers, so that SIGTERM and exceptions drain the server.
 */
export function trackRequest(server: Server, response: ServerResponse): void {
  if (listening === undefined) {
    listening = server;
    process.removeAllListeners('SIGTERM');
    process.once('SIGTERM', () => void drain(server));
    process.removeAllListeners('unhandledRejection');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => {
      logUncaught(error);
      if (!draining) void drain(server, EXIT_FAILURE);
    });
  }
  if (server !== listening) return;
  if (draining) response.shouldKeepAlive = false;
  openResponses.add(response);
  response.once('close', () => {
    openResponses.delete(response);
    if (openResponses.size === 0) onIdle();
  });
}

/** Rejects a call during the shutdown. Another instance will handle the retry. */
export function rejectWhenDraining(): void {
  if (!draining) return;
  throw new ConnectorError('UNAVAILABLE', 'this instance is shutting down; retry the call', {
    reason: 'INSTANCE_SHUTTING_DOWN',
    retryAfterMs: 1000,
  });
}

/**
 * Logs an uncaught exception. After such an exception, the state of the process is undefined.
 * https://nodejs.org/api/process.html#event-uncaughtexception
 */
function logUncaught(error: unknown): void {
  const [hook] = hooks;
  logCause(() => {
    if (hook === undefined) throw toConnectorError(error);
    return hook;
  }, toConnectorError(error));
}

const EXIT_FAILURE = 1;

/** Runs the hooks, waits for the open requests, and ends the process with `status`. */
async function drain(server: Server, status = 0): Promise<void> {
  draining = true;
  setTimeout(() => process.exit(status), MAX_DRAIN_MS).unref();
  for (const response of openResponses) response.shouldKeepAlive = false;
  // Until all requests are done, the server keeps listening and idle connections stay open, so that a new request is
  // rejected with a response.
  const allClosed = new Promise<void>((done) => (onIdle = done));
  // If a hook fails to release the instance's share of the rate limit, the share expires by itself.
  await Promise.allSettled([...hooks].map((hook) => hook.shutdown()));
  if (openResponses.size > 0) await allClosed;
  server.close(() => process.exit(status));
  server.closeIdleConnections();
}
