/**
 * The end of an instance. The framework answers SIGTERM, and an error that nobody caught, with `process.exit()`, in the
 * middle of every call under way; Cloud Run gives ten seconds. Here the calls under way end with their own answers, new
 * ones are refused, what the fleet holds for the instance is given up, and the process ends with the last answer.
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
import type { Server, ServerResponse } from 'node:http';
import type { Connector } from '../../operations/connector.ts';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import { logCause } from '../log-cause.ts';

/** What an instance holds, and where it tells what nobody caught. */
export type ShutdownHook = Pick<Connector, 'shutdown' | 'log'>;

/** Milliseconds, below the platform's ten seconds. */
const LONGEST_MS = 9000;

const endings = new Set<ShutdownHook>();
const open = new Set<ServerResponse>();
let listening: Server | undefined;
let draining = false;
let idle: () => void = () => undefined;

/** What is given up first when the instance ends. */
export function onShutdown(ending: ShutdownHook): void {
  endings.add(ending);
}

/** A call begins. From the first one on SIGTERM, or an error that nobody caught, drains its server. */
export function trackRequest(server: Server, response: ServerResponse): void {
  if (listening === undefined) {
    listening = server;
    process.removeAllListeners('SIGTERM');
    process.once('SIGTERM', () => void drain(server));
    process.removeAllListeners('unhandledRejection');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => {
      logStray(error);
      if (!draining) void drain(server, FAILED);
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

/** Refuses what comes while the instance ends: another one takes it. */
export function rejectWhenDraining(): void {
  if (!draining) return;
  throw new ConnectorError('UNAVAILABLE', 'this instance is ending; call again', {
    reason: 'INSTANCE_SHUTTING_DOWN',
    retryAfterMs: 1000,
  });
}

/** What state the process is in nobody knows then. https://nodejs.org/api/process.html#event-uncaughtexception */
function logStray(error: unknown): void {
  const [ending] = endings;
  logCause(() => {
    if (ending === undefined) throw toConnectorError(error);
    return ending;
  }, toConnectorError(error));
}

const FAILED = 1;

async function drain(server: Server, status = 0): Promise<void> {
  draining = true;
  setTimeout(() => process.exit(status), LONGEST_MS).unref();
  for (const response of open) response.shouldKeepAlive = false;
  // It goes on listening until all are through, idle connections stay: whoever comes meanwhile gets an answer.
  const through = new Promise<void>((done) => (idle = done));
  // A membership that cannot be given up ends by itself.
  await Promise.allSettled([...endings].map(({ shutdown: end }) => end()));
  if (open.size > 0) await through;
  server.close(() => process.exit(status));
  server.closeIdleConnections();
}
