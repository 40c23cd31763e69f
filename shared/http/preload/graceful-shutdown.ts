/**
 * Graceful shutdown of an instance.
 *
 * The framework reacts to SIGTERM and to uncaught exceptions with `process.exit()` in the middle of open requests,
 * although Cloud Run gives ten seconds. Here open requests finish, new ones are rejected, the connector releases its
 * share of the rate limit, and the process ends after the last response.
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
import type { Server, ServerResponse } from 'node:http';
import type { Connector } from '../../operations/connector.ts';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import { logCause } from '../log-cause.ts';

/** What an instance releases on shutdown, and its log for uncaught exceptions. */
export type ShutdownHook = Pick<Connector, 'shutdown' | 'log'>;

/** Below the platform's ten seconds. */
const MAX_DRAIN_MS = 9000;

const endings = new Set<ShutdownHook>();
const open = new Set<ServerResponse>();
let listening: Server | undefined;
let draining = false;
let idle: () => void = () => undefined;

/** Registers a hook that runs first when the instance shuts down. */
export function onShutdown(ending: ShutdownHook): void {
  endings.add(ending);
}

/** Tracks a request. From the first request on, SIGTERM and uncaught exceptions drain the server. */
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
  open.add(response);
  response.once('close', () => {
    open.delete(response);
    if (open.size === 0) idle();
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
 * Logs an uncaught exception. The state of the process is undefined after it.
 * https://nodejs.org/api/process.html#event-uncaughtexception
 */
function logUncaught(error: unknown): void {
  const [ending] = endings;
  logCause(() => {
    if (ending === undefined) throw toConnectorError(error);
    return ending;
  }, toConnectorError(error));
}

const EXIT_FAILURE = 1;

async function drain(server: Server, status = 0): Promise<void> {
  draining = true;
  setTimeout(() => process.exit(status), MAX_DRAIN_MS).unref();
  for (const response of open) response.shouldKeepAlive = false;
  // The server keeps listening, and idle connections stay open, until all requests are done: a new caller gets a
  // response.
  const through = new Promise<void>((done) => (idle = done));
  // A fleet membership that could not be released expires by itself.
  await Promise.allSettled([...endings].map(({ shutdown: end }) => end()));
  if (open.size > 0) await through;
  server.close(() => process.exit(status));
  server.closeIdleConnections();
}
