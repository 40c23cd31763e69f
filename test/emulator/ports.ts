import net from 'node:net';

/** Below the ports that outgoing connections get, so that none of these takes it before the server that it is for. */
const [FIRST_PORT, PORTS] = [15_000, 17_000];

/** A port of loopback on which no process listens. */
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
