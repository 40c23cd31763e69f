/**
 * The end of an instance. The framework answers SIGTERM with `process.exit()`, in the middle of every call under way;
 * Cloud Run gives ten seconds. Here no new call is taken, what the fleet holds for the instance is given up, and the
 * process ends when the last answer is out.
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
import type { Server } from 'node:http';

/** Milliseconds, below the platform's ten seconds. */
const LONGEST_MS = 9000;

const ends = new Set<() => Promise<void>>();
let server: Server | undefined;

/** Something to do first when the instance ends. */
export function atEnd(end: () => Promise<void>): void {
  ends.add(end);
}

/** From the first request on, SIGTERM drains this server. */
export function drainAtEnd(started: Server): void {
  if (server !== undefined) return;
  server = started;
  process.removeAllListeners('SIGTERM');
  process.once('SIGTERM', () => void drain(started));
}

async function drain(started: Server): Promise<void> {
  setTimeout(() => process.exit(), LONGEST_MS).unref();
  const closed = new Promise<void>((done) => started.close(() => done()));
  started.closeIdleConnections();
  // A membership that cannot be given up ends by itself.
  await Promise.allSettled([...ends].map((end) => end()));
  await closed;
  process.exit();
}
