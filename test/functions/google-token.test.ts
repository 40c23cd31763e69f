/** The platform's credentials in the built file: a metadata server gives tokens, Google's services stand on loopback with TLS. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startServers, type Asked, type Tokens } from '../bench/cold/google-and-stripe.ts';
import { runCommand, type Ran } from './command.ts';

const run = promisify(execFile);

/** What two reads of a secret print, and the tokens that they came with. */
async function readTwice(
  onPlatform: boolean,
  tokens: Tokens,
  more: Readonly<Record<string, string>> = {},
): Promise<{ printed: string[]; came: string[]; asked: readonly Asked[] }> {
  const servers = await startServers(tokens);
  try {
    const { stdout } = await run(
      process.execPath,
      ['--require', path.resolve('test/bench/cold/redirect.cjs'), 'test/functions/read-secret-twice.cjs'],
      {
        env: {
          // A deployed function has no gcloud, which Google's client would ask for its project.
          PATH: '/nonexistent',
          HOME: '/nonexistent',
          NODE_EXTRA_CA_CERTS: servers.ca,
          BENCH_TLS_PORT: String(servers.tlsPort),
          ON_PLATFORM: onPlatform ? '1' : '0',
          GCE_METADATA_HOST: `127.0.0.1:${servers.metadataPort}`,
          ...more,
        },
        timeout: 30_000,
      },
    );
    const { asked } = servers;
    const came = asked.filter(({ host }) => host.startsWith('secretmanager')).map(({ authorization }) => authorization);
    return { printed: stdout.trim().split('\n'), came, asked };
  } finally {
    servers.close();
  }
}

const LONG = 3600;

for (const [whose, onPlatform] of [
  ["the platform's service account", true],
  ['credentials that are found', false],
] as const) {
  test(`${whose}: uses a token until it expires`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [
        { token: 'one', expiresInS: LONG },
        { token: 'two', expiresInS: LONG },
      ],
    });
    assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
    assert.deepEqual(came, ['Bearer one', 'Bearer one']);
  });

  test(`${whose}: replaces a token that is about to expire before the next call`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [
        { token: 'one', expiresInS: 1 },
        { token: 'two', expiresInS: LONG },
      ],
    });
    assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
    assert.equal(came.at(-1), 'Bearer two');
  });

  test(`${whose}: replaces a rejected token and repeats the call`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [
        { token: 'revoked', expiresInS: LONG },
        { token: 'two', expiresInS: LONG },
      ],
      refused: ['revoked'],
    });
    assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
    assert.deepEqual(came, ['Bearer revoked', 'Bearer two', 'Bearer two']);
  });

  test(`${whose}: requests one more token after a rejection, then fails the call`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [{ token: 'revoked', expiresInS: LONG }],
      refused: ['revoked'],
    });
    assert.deepEqual(printed, ['SECRET_UNAVAILABLE']);
    assert.equal(came.length, 2);
  });
}

const USER = { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'refresh-1' };
const ACCOUNT = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam.gserviceaccount.com';

/** Files of credentials, each with the services that give its token. `subject`: the file of the workload's own token. */
const FILES: readonly (readonly [string, (subject: string) => object, readonly string[]])[] = [
  // `gcloud auth application-default login` writes such a file: an operator's commands work with it.
  ["gcloud's own credentials", () => USER, ['oauth2.googleapis.com']],
  // https://docs.cloud.google.com/iam/docs/workload-identity-federation
  [
    'workload identity federation',
    (subject) => ({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      service_account_impersonation_url: `${ACCOUNT}:generateAccessToken`,
      credential_source: { file: subject },
    }),
    ['sts.googleapis.com', 'iamcredentials.googleapis.com'],
  ],
  // https://docs.cloud.google.com/docs/authentication/use-service-account-impersonation
  [
    'impersonation of a service account',
    () => ({
      type: 'impersonated_service_account',
      service_account_impersonation_url: `${ACCOUNT}:generateAccessToken`,
      source_credentials: USER,
      delegates: [],
    }),
    ['oauth2.googleapis.com', 'iamcredentials.googleapis.com'],
  ],
];

for (const [sentence, credentials, services] of FILES) {
  test(`${sentence}: the token comes from ${services.join(' and ')}, and the calls send it`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'credentials-'));
    try {
      const [file, subject] = [path.join(folder, 'credentials.json'), path.join(folder, 'subject')];
      writeFileSync(file, JSON.stringify(credentials(subject)));
      writeFileSync(subject, 'workload-1');
      const tokens = { given: [{ token: 'of-a-file', expiresInS: LONG }] };
      const { printed, came, asked } = await readTwice(false, tokens, { GOOGLE_APPLICATION_CREDENTIALS: file });
      assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
      assert.deepEqual(came, ['Bearer of-a-file', 'Bearer of-a-file']);
      const givers = asked.filter(({ host }) => !host.startsWith('secretmanager'));
      assert.deepEqual(
        givers.map(({ host }) => host),
        services,
      );
      // https://www.rfc-editor.org/rfc/rfc6749#section-6
      for (const { host, type } of givers)
        if (/^(oauth2|sts)/.test(host)) assert.match(type, /^application\/x-www-form-urlencoded/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** An operator's command, with gcloud's own credentials of this refresh token. */
async function commandWith(
  refreshToken: string,
  args: readonly string[],
): Promise<{ readonly ran: Ran; readonly asked: readonly Asked[] }> {
  const servers = await startServers({ given: [{ token: 'of-an-operator', expiresInS: LONG }] });
  const folder = mkdtempSync(path.join(tmpdir(), 'credentials-'));
  try {
    const file = path.join(folder, 'credentials.json');
    writeFileSync(file, JSON.stringify({ ...USER, refresh_token: refreshToken }));
    const ran = await runCommand(args, {
      HOME: '/nonexistent',
      NODE_OPTIONS: `--require ${path.resolve('test/bench/cold/redirect.cjs')}`,
      NODE_EXTRA_CA_CERTS: servers.ca,
      BENCH_TLS_PORT: String(servers.tlsPort),
      GOOGLE_APPLICATION_CREDENTIALS: file,
      GOOGLE_CLOUD_PROJECT: 'p',
      STRIPE_API_KEY: 'sk_test_operator00000000',
    });
    return { ran, asked: servers.asked };
  } finally {
    rmSync(folder, { recursive: true });
    servers.close();
  }
}

// infra/README.md: an operator logs in by `gcloud auth application-default login`; `suspend` is the emergency brake.
for (const [args, said] of [
  [['suspend'], /is suspended/],
  [['status'], /active/],
  [['operations', 'show', 'order-1'], /no operation/i],
] as const)
  test(`stripe-connector ${args.join(' ')} works with gcloud's credentials`, async () => {
    const { ran, asked } = await commandWith('refresh-1', args);
    assert.match(ran.stdout + ran.stderr, said);
    assert.doesNotMatch(ran.stderr, /no answer|ERR_/);
    const tokens = asked.filter(({ host }) => host.startsWith('oauth2'));
    assert.deepEqual(
      tokens.map(({ type }) => type.split(';')[0]),
      ['application/x-www-form-urlencoded'],
    );
    const calls = asked.filter(({ host }) => host.startsWith('firestore'));
    assert.ok(calls.length > 0);
    for (const { authorization } of calls) assert.equal(authorization, 'Bearer of-an-operator');
  });

test('an expired operator login is reported as such, not as a silent Firestore', async () => {
  const { ran } = await commandWith('over', ['suspend']);
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /gcloud auth application-default login/);
});

// https://www.rfc-editor.org/rfc/rfc6749#section-5.2: 400 invalid_grant. A login that is over is not a secret that is disabled.
for (const [kind, content] of [
  [
    'a login that is over',
    JSON.stringify({ type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'over' }),
  ],
  ['a file that is no JSON', '{oops'],
] as const)
  test(`${kind}: the error describes the credentials without the secret`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'credentials-'));
    try {
      const file = path.join(folder, 'credentials.json');
      writeFileSync(file, content);
      const tokens = { given: [{ token: 'of-a-user', expiresInS: LONG }] };
      const { printed, came } = await readTwice(false, tokens, { GOOGLE_APPLICATION_CREDENTIALS: file });
      assert.deepEqual([printed, came], [['SECRET_UNAVAILABLE'], []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
