/** The platform's credentials in the built file: a metadata server gives tokens, Google's services stand on loopback with TLS. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startServers, type Asked, type Tokens } from '../bench/cold/google-and-stripe.ts';

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
          PATH: process.env['PATH'],
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
    const came = asked.filter(({ host }) => !host.startsWith('oauth2')).map(({ authorization }) => authorization);
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
  test(`${whose}: a token serves as long as it lasts`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [
        { token: 'one', expiresInS: LONG },
        { token: 'two', expiresInS: LONG },
      ],
    });
    assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
    assert.deepEqual(came, ['Bearer one', 'Bearer one']);
  });

  test(`${whose}: a token that is about to end is replaced before the next call`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [
        { token: 'one', expiresInS: 1 },
        { token: 'two', expiresInS: LONG },
      ],
    });
    assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
    assert.equal(came.at(-1), 'Bearer two');
  });

  test(`${whose}: a token that is refused is replaced, and the call sent again`, async () => {
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

  test(`${whose}: no token is taken: one more is asked for, then the call is given up`, async () => {
    const { printed, came } = await readTwice(onPlatform, {
      given: [{ token: 'revoked', expiresInS: LONG }],
      refused: ['revoked'],
    });
    assert.deepEqual(printed, ['SECRET_UNAVAILABLE']);
    assert.equal(came.length, 2);
  });
}

// `gcloud auth application-default login` writes such a file: an operator's commands work by it.
test("gcloud's own credentials get a token by a form, and the calls carry it", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'credentials-'));
  try {
    const file = path.join(folder, 'credentials.json');
    const user = { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'refresh-1' };
    writeFileSync(file, JSON.stringify(user));
    const tokens = { given: [{ token: 'of-a-user', expiresInS: LONG }] };
    const { printed, came, asked } = await readTwice(false, tokens, { GOOGLE_APPLICATION_CREDENTIALS: file });
    assert.deepEqual(printed, ['sk_test_bench', 'sk_test_bench']);
    assert.deepEqual(came, ['Bearer of-a-user', 'Bearer of-a-user']);
    const [token, ...others] = asked.filter(({ host }) => host.startsWith('oauth2'));
    assert.equal(others.length, 0);
    assert.match(token?.type ?? '', /^application\/x-www-form-urlencoded/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// https://www.rfc-editor.org/rfc/rfc6749#section-5.2: 400 invalid_grant. A login that is over is not a secret that is disabled.
for (const [kind, content] of [
  [
    'a login that is over',
    JSON.stringify({ type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'over' }),
  ],
  ['a file that is no JSON', '{oops'],
] as const)
  test(`${kind}: the credentials are told, not the secret`, async () => {
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
