/**
 * A TCP proxy in a process of its own that holds every byte for some milliseconds each way: the way to a Firestore in
 * the same region. `hang` holds bytes until `flow`; `slow` holds them ten times as long until `flow`; `refuse` closes
 * every connection and takes none until `accept`.
 *   node delay-proxy.cjs TARGET_PORT DELAY_MS
 */
import net from 'node:net';

const [targetPort, usualMs] = process.argv.slice(2).map(Number) as [number, number];
let delayMs = usualMs;
let port = 0;
let held: (() => void)[] | undefined;
const sockets = new Set<net.Socket>();

/** In order, whatever happens in between. */
function pass(from: net.Socket, to: net.Socket): void {
  const later = (go: () => void): void => {
    setTimeout(() => {
      if (held === undefined) go();
      else held.push(go);
    }, delayMs);
  };
  sockets.add(from);
  from.setNoDelay(true);
  from.on('data', (chunk) => later(() => void to.write(chunk)));
  from.on('end', () => later(() => void to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => {
    sockets.delete(from);
    later(() => void to.destroy());
  });
}

const server = net.createServer((client) => {
  const target = net.connect(targetPort, '127.0.0.1');
  pass(client, target);
  pass(target, client);
});

process.on('message', (command: string) => {
  if (command === 'hang') held = [];
  if (command === 'slow') delayMs = 10 * usualMs;
  if (command === 'refuse') {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  if (command === 'accept') server.listen(port, '127.0.0.1');
  if (command === 'flow') {
    delayMs = usualMs;
    const waiting = held ?? [];
    held = undefined;
    for (const go of waiting) go();
  }
  process.send?.({ done: command });
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  if (port !== 0) return;
  port = (server.address() as net.AddressInfo).port;
  process.send?.({ port });
});
