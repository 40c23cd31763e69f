import { spawn, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { firestoreEmulator } from '../outside-tools.mjs';

export interface Emulator {
  /** host:port */
  readonly host: string;
  stop(): Promise<void>;
}

/** Undefined where the Google Cloud SDK's emulator or Java is not installed; the runner says what that leaves out. */
export function emulatorIsHere(): boolean {
  return firestoreEmulator() !== undefined;
}

/** Ports that are tried: another process may take one between the look and the start. */
const MOST_STARTS = 4;

/** The Firestore emulator on a free port of loopback. */
export async function startFirestore(): Promise<Emulator> {
  const script = firestoreEmulator();
  if (script === undefined) throw new Error('no Firestore emulator');
  for (let starts = 0; starts < MOST_STARTS; starts += 1) {
    const port = await freePort();
    // A group of its own: the script's Java child ends with it.
    const child = spawn(script, ['start', '--host=127.0.0.1', `--port=${port}`], { stdio: 'ignore', detached: true });
    if (await comesUp(child, port)) {
      const host = `127.0.0.1:${port}`;
      await warm(host);
      return { host, stop: () => stop(child) };
    }
    await stop(child);
  }
  throw new Error('the Firestore emulator did not start');
}

async function comesUp(child: ChildProcess, port: number): Promise<boolean> {
  const runs = (): boolean => child.exitCode === null;
  for (let tries = 0; tries < 300 && runs(); tries += 1) {
    if (await answers(port)) return runs();
    await pause(100);
  }
  return false;
}

/** A cold Java machine needs seconds for its first commits, Firestore does not: tests begin once it answers promptly. */
async function warm(emulatorHost: string): Promise<void> {
  const { firestoreTokens } = await import('../../shared/adapters/firestore-tokens.ts');
  const store = firestoreTokens({ projectId: 'warm', databaseId: '(default)', emulatorHost });
  const member = { connection: 'warm', id: 'warm', place: 0 };
  for (let prompt = 0, tries = 0; prompt < 5; tries += 1) {
    if (tries > 200) throw new Error('the Firestore emulator stays slow');
    const asked = performance.now();
    const answered = await store
      .join(member)
      .then(({ atUs }) => store.look(member, atUs))
      .then(
        () => true,
        () => false,
      );
    prompt = answered && performance.now() - asked < 150 ? prompt + 1 : 0;
  }
}

/** Below the ports that outgoing connections get, so that none of these takes it before the server that it is for. */
const [FIRST_PORT, PORTS] = [15_000, 17_000];

/** A port of loopback on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
