/** Google's services and Stripe with TLS on loopback, answering at once; and the metadata server. */
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { firestoreResponse, secretResponse } from '../../../shared/boot/stand-in.ts';
import { makeCertificates, type Certificates } from '../../proxy/certificates.ts';

export const HOSTS = [
  'oauth2.googleapis.com',
  'sts.googleapis.com',
  'iamcredentials.googleapis.com',
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
  /** Every request so far. */
  readonly asked: readonly Asked[];
  close(): void;
}

export interface Asked {
  readonly host: string;
  readonly url: string;
  readonly body: string;
  readonly type: string;
  readonly authorization: string;
}

/** Tokens of the metadata server, one after the other, the last repeatedly; Google's services accept all but the rejected ones. */
export interface Tokens {
  readonly given: readonly { readonly token: string; readonly expiresInS: number }[];
  readonly refused?: readonly string[];
}
const ONE_TOKEN: Tokens = { given: [{ token: 'bench', expiresInS: 3600 }] };

const CUSTOMER = {
  id: 'cus_1',
  object: 'customer',
  email: 'jane@example.com',
  name: 'Jane',
  livemode: false,
  created: 1_795_000_000,
};

/** The token endpoint takes a form, as gcloud's own credentials send it. https://www.rfc-editor.org/rfc/rfc6749#section-6 */
function tokenByForm(response: http.ServerResponse, body: string, token: string): void {
  const form = new URLSearchParams(body);
  const known = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === 'refresh-1';
  response
    .writeHead(known ? 200 : 400, { 'content-type': 'application/json' })
    .end(JSON.stringify(known ? { access_token: token, expires_in: 3600, token_type: 'Bearer' } : { error: 'no' }));
}

/** https://docs.cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token, for the subject `workload-1` */
function tokenByExchange(response: http.ServerResponse, body: string): void {
  const known = new URLSearchParams(body).get('subject_token') === 'workload-1';
  response
    .writeHead(known ? 200 : 400, { 'content-type': 'application/json' })
    .end(JSON.stringify(known ? { access_token: FEDERATED, expires_in: 3600, token_type: 'Bearer' } : { error: 'no' }));
}
const FEDERATED = 'federated-1';

/** https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
function tokenOfAccount(response: http.ServerResponse, authorization: string, token: string): void {
  const known = [`Bearer ${FEDERATED}`, `Bearer ${token}`].includes(authorization);
  response
    .writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    .end(JSON.stringify(known ? { accessToken: token, expireTime: '2099-01-01T00:00:00Z' } : { error: 'no' }));
}

let made: Certificates | undefined;

/** One pair for all servers of this process: two keys of RSA take up to a second. */
function certificatesOfAll(): Certificates {
  if (made === undefined) {
    const certificates = makeCertificates(HOSTS);
    process.once('exit', () => certificates.remove());
    made = certificates;
  }
  return made;
}

export async function startServers({ given, refused = [] }: Tokens = ONE_TOKEN): Promise<Servers> {
  const certificates = certificatesOfAll();
  const asked: Asked[] = [];
  const known = new Set(given.map(({ token }) => `Bearer ${token}`).filter((one) => !refused.includes(one.slice(7))));
  const handler: http.RequestListener = (request, response) => {
    const host = (request.headers.host ?? '').split(':')[0] ?? '';
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = request.url ?? '';
      const authorization = request.headers.authorization ?? '';
      asked.push({ host, url, body, authorization, type: request.headers['content-type'] ?? '' });
      const [first] = given;
      if (host.startsWith('oauth2')) return tokenByForm(response, body, first?.token ?? '');
      if (host.startsWith('sts')) return tokenByExchange(response, body);
      if (host.startsWith('iamcredentials')) return tokenOfAccount(response, authorization, first?.token ?? '');
      const allowed = host.endsWith('googleapis.com') ? known.has(authorization) : /^Bearer /.test(authorization);
      const answer = host.startsWith('secretmanager')
        ? secretResponse('sk_test_bench')
        : host.startsWith('firestore')
          ? (firestoreResponse(url, body, new Date()) ?? {})
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
  let tokens = 0;
  const metadata = http.createServer((request, response) => {
    const head = { 'metadata-flavor': 'Google', 'content-type': 'application/json' };
    if (request.url?.includes('universe') === true) return void response.writeHead(404, head).end();
    response.writeHead(200, head);
    if (request.url?.includes('/token') !== true) return void response.end('default');
    const { token, expiresInS } = given[Math.min(tokens, given.length - 1)] ?? { token: '', expiresInS: 0 };
    tokens += 1;
    response.end(JSON.stringify({ access_token: token, expires_in: expiresInS, token_type: 'Bearer' }));
  });
  const listen = (server: http.Server): Promise<number> =>
    new Promise((ready) => server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port)));
  return {
    tlsPort: await listen(secure),
    metadataPort: await listen(metadata),
    ca: certificates.files.ca,
    asked,
    close() {
      for (const server of [secure, metadata]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
