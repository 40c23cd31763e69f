/** The API key of an instance: how often it is read, and what happens while it rotates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

function keyOf(rotates: boolean): {
  key: CachedSecret;
  clock: VirtualClock;
  secret: { value: string; reads: number; fails: boolean };
} {
  const clock = new VirtualClock();
  const secret = { value: 'old', reads: 0, fails: false };
  const read = (): Promise<string> => {
    secret.reads += 1;
    return secret.fails ? Promise.reject(new Error('away')) : Promise.resolve(secret.value);
  };
  return { key: new CachedSecret({ rotates, read }, clock), clock, secret };
}

test('one of many callers reads `latest` again after ten minutes while the others use the old one', async () => {
  const { key, clock, secret } = keyOf(true);
  assert.equal(await key.read(), 'old');
  secret.value = 'new';
  await clock.advance(599_000);
  assert.equal(await key.read(), 'old');
  await clock.advance(2000);
  const all = await Promise.all(Array.from({ length: 20 }, async () => key.read()));
  assert.ok(all.every((one) => one === 'old' || one === 'new'));
  await clock.advance(0);
  assert.equal(await key.read(), 'new');
  assert.equal(secret.reads, 2);
});

test('a key that cannot be read again stays valid, and the read is retried ten minutes later', async () => {
  const { key, clock, secret } = keyOf(true);
  await key.read();
  secret.fails = true;
  await clock.advance(601_000);
  assert.equal(await key.read(), 'old');
  await clock.advance(1000);
  assert.equal(await key.read(), 'old');
  assert.equal(secret.reads, 2);
  [secret.fails, secret.value] = [false, 'new'];
  await clock.advance(601_000);
  await key.read();
  await clock.advance(0);
  assert.equal(await key.read(), 'new');
});

test('a pinned version is read once at any age', async () => {
  const { key, clock, secret } = keyOf(false);
  await key.read();
  await clock.advance(86_400_000);
  await key.read();
  assert.equal(secret.reads, 1);
});

test('a rejected key is read again at once; concurrent callers get the new one', async () => {
  const { key, secret } = keyOf(true);
  const old = await key.read();
  secret.value = 'new';
  assert.deepEqual(await Promise.all([key.refresh(old), key.refresh(old), key.refresh(old)]), [true, true, true]);
  assert.equal(await key.read(), 'new');
  assert.equal(secret.reads, 2);
});

test('only a repeated use of the key is reported, so the first request of an instance stays as it is', async () => {
  const used: string[] = [];
  const secrets = { rotates: false, read: () => Promise.resolve('key') };
  const key = new CachedSecret(secrets, new VirtualClock(), (value) => used.push(value));
  await Promise.all([key.read(), key.read()]);
  assert.deepEqual(used, []);
  await key.read();
  assert.deepEqual(used, ['key']);
});
