/**
 * The end of an instance. The framework answers SIGTERM with `process.exit()`, in the middle of every call under way;
 * Cloud Run gives ten seconds. Here the calls under way end with their own answers, new ones are refused, what the
 * fleet holds for the instance is given up, and the process ends with the last answer.
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
import type { Server, ServerResponse } from 'node:http';
import { ConnectorError } from '../errors.ts';

/** Milliseconds, below the platform's ten seconds. */
const LONGEST_MS = 9000;

const ends = new Set<() => Promise<void>>();
const open = new Set<ServerResponse>();
let listening: Server | undefined;
let draining = false;
let idle: () => void = () => undefined;

/** Something to do first when the instance ends. */
export function atEnd(end: () => Promise<void>): void {
  ends.add(end);
}

/** A call begins. From the first one on SIGTERM drains its server. */
export function underWay(server: Server, response: ServerResponse): void {
  if (listening === undefined) {
    listening = server;
    process.removeAllListeners('SIGTERM');
    process.once('SIGTERM', () => void drain(server));
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
export function refuseWhileDraining(): void {
  if (!draining) return;
  throw new ConnectorError('UNAVAILABLE', 'this instance is ending; call again', {
    reason: 'INSTANCE_ENDING',
    retryAfterMs: 1000,
  });
}

async function drain(server: Server): Promise<void> {
  draining = true;
  setTimeout(() => process.exit(), LONGEST_MS).unref();
  for (const response of open) response.shouldKeepAlive = false;
  // It goes on listening until all are through, idle connections stay: whoever comes meanwhile gets an answer.
  const through = new Promise<void>((done) => (idle = done));
  // A membership that cannot be given up ends by itself.
  await Promise.allSettled([...ends].map((end) => end()));
  if (open.size > 0) await through;
  server.close(() => process.exit());
  server.closeIdleConnections();
}
