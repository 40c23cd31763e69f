/** ID tokens at the admin methods: https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken */
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { idTokenVerifier } from '../../../shared/adapters/google/admin/id-token.ts';
import { toConnectorError } from '../../../shared/errors.ts';
import { callerAdmission, localAdmission } from '../../../shared/management/admin/admission.ts';

const HOST = 'connection-abc-ew.a.run.app';
const OPERATOR = 'ops@p.iam.gserviceaccount.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
let google: http.Server;
let certificates: string;

before(async () => {
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  google = http.createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ k1: pem }));
  });
  await new Promise<void>((resolve) => google.listen(0, '127.0.0.1', resolve));
  certificates = `http://127.0.0.1:${(google.address() as { port: number }).port}/`;
});
after(() => google.close());

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function idToken(
  claims: object = {},
  { key = privateKey, header = {} }: { key?: typeof privateKey; header?: object } = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: 'https://accounts.google.com',
    aud: `https://${HOST}`,
    sub: '1',
    email: OPERATOR,
    email_verified: true,
    iat: now - 10,
    exp: now + 3000,
    ...claims,
  };
  const signed = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header })}.${part(all)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

async function reasonOf(authorization: string | undefined, callers: readonly string[] = [OPERATOR]): Promise<string> {
  const admit = callerAdmission(callers, idTokenVerifier(certificates));
  const headers = { host: HOST, ...(authorization === undefined ? {} : { authorization }) };
  return admit({ headers }).catch((error: unknown) => toConnectorError(error).details.reason);
}

test('admits the identity that the setting names, in any case of its letters', async () => {
  assert.equal(await reasonOf(`Bearer ${idToken()}`), OPERATOR);
  assert.equal(await reasonOf(`bearer ${idToken({ email: OPERATOR.toUpperCase() })}`), OPERATOR);
});

const past = Math.floor(Date.now() / 1000) - 7200;
const REJECTED: readonly (readonly [string, () => string | undefined])[] = [
  ['no token', () => undefined],
  ['a token for another service', () => `Bearer ${idToken({ aud: 'https://other-abc-ew.a.run.app' })}`],
  [
    "a user's token of gcloud, which has gcloud's audience",
    () => `Bearer ${idToken({ aud: '32555940559.apps.googleusercontent.com' })}`,
  ],
  ['a token of another identity', () => `Bearer ${idToken({ email: 'eve@p.iam.gserviceaccount.com' })}`],
  ['a token whose address is not verified', () => `Bearer ${idToken({ email_verified: false })}`],
  ['a token without an address', () => `Bearer ${idToken({ email: undefined })}`],
  ['a token of another issuer', () => `Bearer ${idToken({ iss: 'https://evil.example' })}`],
  ['a token that is over', () => `Bearer ${idToken({ iat: past, exp: past + 3600 })}`],
  ['a token that another key signed', () => `Bearer ${idToken({}, { key: stranger })}`],
  ['a token of an unknown key', () => `Bearer ${idToken({}, { header: { kid: 'k2' } })}`],
  ['a token without a signature', () => `Bearer ${idToken().replace(/\.[^.]+$/, '.SIGNATURE_REMOVED_BY_GOOGLE')}`],
  [
    'a token with the algorithm none',
    () => `Bearer ${part({ alg: 'none', kid: 'k1' })}.${part({ email: OPERATOR, email_verified: true })}.x`,
  ],
  ['a basic authorization', () => `Basic ${idToken()}`],
];
for (const [sentence, authorization] of REJECTED)
  test(`rejects ${sentence}`, async () => assert.equal(await reasonOf(authorization()), 'ADMIN_CALLER'));

test('without the setting the methods are disabled, whatever the token', async () => {
  assert.equal(await reasonOf(`Bearer ${idToken()}`, []), 'ADMIN_DISABLED');
});

test('if Google does not answer, the call can be repeated', async () => {
  const admit = callerAdmission([OPERATOR], idTokenVerifier('http://127.0.0.1:9/'));
  const { status, details } = await admit({ headers: { host: HOST, authorization: `Bearer ${idToken()}` } }).then(
    () => assert.fail('admitted'),
    toConnectorError,
  );
  assert.deepEqual([status, details.reason], ['UNAVAILABLE', 'ADMIN_CERTIFICATES']);
});

for (const [sentence, headers, isAdmitted] of [
  ['the token', { 'x-admin-token': 'secret' }, true],
  ["the token and the server's own origin", { 'x-admin-token': 'secret', origin: 'http://localhost:8080' }, true],
  ['no token', {}, false],
  ['an empty token', { 'x-admin-token': '' }, false],
  ['the beginning of the token', { 'x-admin-token': 'secre' }, false],
  ['two tokens', { 'x-admin-token': 'secret, secret' }, false],
  ['the origin of another port', { 'x-admin-token': 'secret', origin: 'http://localhost:8081' }, false],
  ['the same origin over https', { 'x-admin-token': 'secret', origin: 'https://localhost:8080' }, false],
] as const)
  test(`the local server ${isAdmitted ? 'admits' : 'rejects'} ${sentence}`, async () => {
    const admitted = localAdmission('secret')({ headers: { host: 'localhost:8080', ...headers } });
    assert.equal(
      await admitted.then(
        () => true,
        () => false,
      ),
      isAdmitted,
    );
  });
