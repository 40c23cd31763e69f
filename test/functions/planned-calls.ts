/** A local server on a sandbox, and calls that must not reach Stripe. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { post, startUnlimited, type Answered, type Running } from './framework.ts';

export let sandbox: Sandbox;

export let server: Running;

export function serve(settings: object): Promise<Running> {
  return startUnlimited(sandbox, settings);
}

before(async () => {
  sandbox = await startSandbox({ seed: 5 });
  server = await serve({ allowed_accounts: ['acct_2'] });
});

after(async () => {
  await server.stop();
  await sandbox.close();
});

export const call = (name: string, body: unknown, of: Running = server): Promise<Answered> =>
  post(`${of.url}/${name}`, body);

export async function made(entity: string, input: object): Promise<string> {
  const answer = await call('create-entity', { entity, connectorInputPayload: input });
  assert.equal(answer.status, 200, answer.text);
  return (answer.body['connectorOutputPayload'] as { Id: string }).Id;
}

/** Calls, and holds that Stripe was not touched. */
export async function untouched(name: string, body: object): Promise<Answered> {
  const before_ = sandbox.requests.length;
  const answer = await call(name, body);
  assert.equal(sandbox.requests.length, before_, 'Stripe was not touched');
  return answer;
}
