import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SecretManagerDouble {
  /** For SECRET_MANAGER_EMULATOR_HOST. */
  readonly host: string;
  /** Reads since it was started, or since they were forgotten. */
  readonly reads: () => number;
  readonly forget: () => void;
  readonly close: () => void;
}

/** A Secret Manager with one secret: every version of it holds what `stored` gives at that moment. */
export async function startSecretManager(stored: () => string): Promise<SecretManagerDouble> {
  let reads = 0;
  const server = http.createServer((_request, response) => {
    reads += 1;
    const payload = { data: Buffer.from(stored()).toString('base64') };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ payload }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads: () => reads,
    forget: () => (reads = 0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
