/**
 * Several signing secrets, one of which cannot be read. Reports: external-secrets#4042 and
 * google-github-actions/get-secretmanager-secrets#268 (versions that are disabled or destroyed while a secret is rotated).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureVerifier } from '../../shared/adapters/stripe/signatures.ts';
import { WebhookSecrets } from '../../shared/stripe/secrets/webhook-secrets.ts';
import { ConnectorError } from '../../shared/errors.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { v1 } from '../fixtures/stripe-webhooks.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const GOOD = 'whsec_good00000';
const OTHER = 'whsec_other0000';
const NOW_MS = 1_795_478_400_000;

/** Time goes on, the wall clock stands still. */
class FixedWall extends VirtualClock {
  override epochMs(): number {
    return NOW_MS;
  }
}

const held = (value: string, rotates = false): Secrets => ({ rotates, read: () => Promise.resolve(value) });
function unreadable(reason: string): Secrets & { reads: number } {
  const secret = {
    rotates: false,
    reads: 0,
    read: () => {
      secret.reads += 1;
      return Promise.reject(new ConnectorError('FAILED_PRECONDITION', reason, { reason }));
    },
  };
  return secret;
}

function secretsOf(...all: Secrets[]): { secrets: WebhookSecrets; clock: VirtualClock; logged: string[] } {
  const clock = new FixedWall();
  const logged: string[] = [];
  const log = { write: (_severity: string, message: string) => void logged.push(message) };
  return { secrets: new WebhookSecrets(all, signatureVerifier(), clock, log), clock, logged };
}

const body = Buffer.from('{"id":"evt_1"}');
const by = (secret: string, atS = NOW_MS / 1000): string => `t=${atS},v1=${v1(secret, body.toString(), atS)}`;

for (const reason of ['SECRET_DISABLED', 'SECRET_MISSING', 'SECRET_NOT_A_SIGNING_SECRET', 'SECRET_PERMISSION_DENIED'])
  test(`${reason} of one secret does not reject an event that another secret signed, on a new instance`, async () => {
    for (const order of [
      [held(GOOD), unreadable(reason)],
      [unreadable(reason), held(GOOD)],
    ]) {
      const { secrets, logged } = secretsOf(...order);
      assert.equal(await secrets.verify(body, by(GOOD)), 'right');
      assert.deepEqual(logged, ['a signing secret of the webhook cannot be read']);
    }
  });

test('if no readable secret matches, the unreadable one may: its failure is reported', async () => {
  const lost = unreadable('SECRET_DISABLED');
  const { secrets, clock } = secretsOf(held(GOOD), lost);
  await assert.rejects(secrets.verify(body, by(OTHER)), { message: 'SECRET_DISABLED' });
  for (let n = 0; n < 50; n += 1) await assert.rejects(secrets.verify(body, by(OTHER)));
  assert.equal(lost.reads, 1, 'a flood of bad signatures reads nothing');
  await clock.advance(2000);
  await assert.rejects(secrets.verify(body, by(OTHER)));
  assert.equal(lost.reads, 2);
});

test('an unreadable secret is read again, and then verifies', async () => {
  let fails = true;
  const late: Secrets = {
    rotates: false,
    read: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(OTHER)),
  };
  const { secrets, clock } = secretsOf(held(GOOD), late);
  await assert.rejects(secrets.verify(body, by(OTHER)));
  fails = false;
  await clock.advance(2000);
  assert.equal(await secrets.verify(body, by(OTHER)), 'right');
});

// https://docs.stripe.com/webhooks#replay-attacks: 300 s. stripe-dotnet#1183 and stripe-php#658 take the difference either way.
for (const [sentence, header, verdict] of [
  ['now', by(GOOD), 'right'],
  ['299 s ago', by(GOOD, NOW_MS / 1000 - 299), 'right'],
  ['301 s ago', by(GOOD, NOW_MS / 1000 - 301), 'too old'],
  ['299 s ahead', by(GOOD, NOW_MS / 1000 + 299), 'right'],
  ['301 s ahead', by(GOOD, NOW_MS / 1000 + 301), 'too new'],
  ['an hour ahead', by(GOOD, NOW_MS / 1000 + 3600), 'too new'],
  ['in milliseconds', by(GOOD, NOW_MS), 'too new'],
  ['no time at all', `v1=${v1(GOOD, body.toString(), NOW_MS / 1000)}`, 'unreadable'],
  ['a time that is no number', `t=NaN,v1=${v1(GOOD, body.toString(), NOW_MS / 1000)}`, 'unreadable'],
  ['two times', `t=1,${by(GOOD)}`, 'unreadable'],
  ['by another secret', by(OTHER), 'wrong'],
] as const)
  test(`a signature made ${sentence} is ${verdict}`, async () => {
    assert.equal(await secretsOf(held(GOOD)).secrets.verify(body, header), verdict);
  });

test('the secrets of the sandbox are as of now: one that is made later is accepted, one that is deleted is not', async () => {
  const clock = new FixedWall();
  let inSandbox: string[] = [];
  const secrets = new WebhookSecrets([], signatureVerifier(), clock, undefined, () => inSandbox);
  await assert.rejects(secrets.verify(body, by(GOOD)), /names no signing secret/);
  inSandbox = [OTHER, GOOD];
  assert.equal(await secrets.verify(body, by(GOOD)), 'right');
  inSandbox = [OTHER];
  assert.equal(await secrets.verify(body, by(GOOD)), 'wrong');
});
