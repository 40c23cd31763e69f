/** Google's services and Stripe with TLS on loopback, answering at once; and the metadata server. */
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { firestoreAnswer, secretAnswer } from '../../../shared/start/stand-in.ts';
import { makeCertificates } from '../../proxy/certificates.ts';

export const HOSTS = [
  'secretmanager.googleapis.com',
  'firestore.googleapis.com',
  'pubsub.googleapis.com',
  'api.stripe.com',
];

export interface Servers {
  readonly tlsPort: number;
  readonly metadataPort: number;
  /** The authority's certificate: NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  /** Requests so far, by host. */
  readonly asked: () => Readonly<Record<string, number>>;
  close(): void;
}

const CUSTOMER = {
  id: 'cus_1',
  object: 'customer',
  email: 'jane@example.com',
  name: 'Jane',
  livemode: false,
  created: 1_795_000_000,
};
export async function startServers(): Promise<Servers> {
  const certificates = makeCertificates(HOSTS);
  const asked: Record<string, number> = {};
  const handler: http.RequestListener = (request, response) => {
    const host = (request.headers.host ?? '').split(':')[0] ?? '';
    asked[host] = (asked[host] ?? 0) + 1;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = request.url ?? '';
      const google = host.endsWith('googleapis.com');
      const allowed =
        /^Bearer /.test(request.headers.authorization ?? '') &&
        (!google || request.headers.authorization === 'Bearer bench');
      const answer = host.startsWith('secretmanager')
        ? secretAnswer('sk_test_bench')
        : host.startsWith('firestore')
          ? (firestoreAnswer(url, body, new Date()) ?? {})
          : {
              ...CUSTOMER,
              ...(url.includes('payment_intents') ? { id: 'pi_1', object: 'payment_intent', status: 'succeeded' } : {}),
            };
      const text = JSON.stringify(
        allowed ? answer : { error: { code: 401, status: 'UNAUTHENTICATED', message: 'no token' } },
      );
      response
        .writeHead(allowed ? 200 : 401, { 'content-type': 'application/json', 'request-id': 'req_bench' })
        .end(text);
    });
  };
  const secure = https.createServer({ key: certificates.key, cert: certificates.cert }, handler);
  const metadata = http.createServer((request, response) => {
    const head = { 'metadata-flavor': 'Google', 'content-type': 'application/json' };
    const token = request.url?.includes('/token') === true;
    if (request.url?.includes('universe') === true) response.writeHead(404, head).end();
    else
      response
        .writeHead(200, head)
        .end(token ? JSON.stringify({ access_token: 'bench', expires_in: 3600, token_type: 'Bearer' }) : 'default');
  });
  const listen = (server: http.Server): Promise<number> =>
    new Promise((ready) => server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port)));
  return {
    tlsPort: await listen(secure),
    metadataPort: await listen(metadata),
    ca: certificates.files.ca,
    asked: () => ({ ...asked }),
    close() {
      for (const server of [secure, metadata]) {
        server.closeAllConnections();
        server.close();
      }
      certificates.remove();
    },
  };
}
