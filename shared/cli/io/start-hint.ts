import net from 'node:net';
import { startedPorts } from '../../dev-server/admin-token.ts';

/** Killed servers leave their token files, so only the newest ports are tried. */
const MAX_PROBED = 20;
const PROBE_MS = 500;

/**
 * Returns the end of the error if no local server responds: the ports of the user's servers that listen, if any, and how
 * to start a server or name another one.
 */
export async function startHint(): Promise<string> {
  const ports = startedPorts(process.env).slice(0, MAX_PROBED);
  const listening = await Promise.all(ports.map(listens));
  const running = ports.filter((_, index) => listening[index]);
  const [port] = running;
  const hint = port === undefined ? '' : `; yours run on port ${running.join(', ')}: set PORT=${port}`;
  return `${hint}; start one with stripe-connector dev, or name another with --url`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', timeout: PROBE_MS });
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
