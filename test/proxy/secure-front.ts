import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { makeCertificates, type Certificates } from './certificates.ts';

/** TLS in front of the sandbox: what Stripe looks like from outside. */
async function startSecureFront(
  certificates: { readonly key: string; readonly cert: string },
  target: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = https.createServer(certificates, (request, response) => {
    const onward = http.request(
      target + (request.url ?? '/'),
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A sandbox over plaintext and TLS, with its certificates. */
export interface SecureSandbox {
  readonly certificates: Certificates;
  readonly sandbox: Sandbox;
  readonly front: { readonly url: string };
  close(): Promise<void>;
}

export async function startSecureSandbox(seed: number): Promise<SecureSandbox> {
  const certificates = makeCertificates();
  const sandbox = await startSandbox({ seed });
  const front = await startSecureFront(certificates, sandbox.url);
  return {
    certificates,
    sandbox,
    front,
    async close() {
      await front.close();
      await sandbox.close();
      certificates.remove();
    },
  };
}
