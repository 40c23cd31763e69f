/** HTTP functions of this process behind the real framework, on a free port of loopback. */
import type { AddressInfo } from 'node:net';
import * as framework from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

let served = 0;

export async function serve(handler: framework.HttpFunction): Promise<Served> {
  const name = `served-${(served += 1)}`;
  framework.http(name, handler);
  const server = getTestServer(name);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
