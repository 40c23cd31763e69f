/**
 * `STRIPE_API_KEY=sk_test_... npm run conformance`: the same table of nine actions and five operations against Stripe's
 * test mode and against the sandbox; prints each difference of keys and types, exits 1 where a step fails.
 */
import { spawn } from 'node:child_process';
import { freePort } from '../emulator/ports.ts';
import { post, running, type Running } from '../functions/framework.ts';
import { outline, SCENARIO, type CallFunction } from './scenario.ts';

const key = process.env['STRIPE_API_KEY'];
if (key === undefined || !/^(sk|rk)_test_/.test(key)) {
  console.error(
    'set STRIPE_API_KEY to a test key (sk_test_... or rk_test_...): conformance makes objects in that account',
  );
  process.exit(1);
}

async function start(env: Record<string, string>): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, ['build/local/start.cjs'], {
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
  });
  return running(child, port, 'try it:');
}

function caller(server: Running): CallFunction {
  return async (name, body) => {
    const answer = await post(`${server.url}/${name}`, body);
    if (answer.status !== 200) throw new Error(`${name}: ${answer.text}`);
    return answer.body['connectorOutputPayload'];
  };
}

async function attempt(
  step: (typeof SCENARIO)[number],
  server: Running,
): Promise<{ shape: unknown } | { failed: string }> {
  try {
    return { shape: outline(flat(await step.run(caller(server)))) };
  } catch (error) {
    return { failed: String(error) };
  }
}

const flat = (payload: unknown): unknown => (Array.isArray(payload) ? (payload[0] as unknown) : payload);

const base = process.env['STRIPE_API_BASE'];
const servers = await Promise.all([
  start({ STRIPE_API_KEY: key, ...(base === undefined ? {} : { STRIPE_API_BASE: base }) }),
  start({}),
]);
const [stripe, sandbox] = servers;
let failures = 0;
let differences = 0;
for (const step of SCENARIO) {
  const [real, ours] = [await attempt(step, stripe), await attempt(step, sandbox)];
  for (const [where, result] of [
    ['stripe', real],
    ['sandbox', ours],
  ] as const) {
    if (!('failed' in result)) continue;
    failures += 1;
    console.log(`${step.sample}: ${where} failed: ${result.failed}`);
  }
  if ('failed' in real || 'failed' in ours) continue;
  const [left, right] = [real.shape, ours.shape] as Record<string, unknown>[];
  for (const name of new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])) {
    const [a, b] = [left?.[name] ?? 'absent', right?.[name] ?? 'absent'];
    if (a === b) continue;
    differences += 1;
    console.log(`${step.sample}: ${name} is ${String(a)} at Stripe, ${String(b)} in the sandbox`);
  }
}
await Promise.all(servers.map((server) => server.stop()));
console.log(`${SCENARIO.length} steps, ${failures} failed, ${differences} differences of keys or types`);
process.exit(failures === 0 ? 0 : 1);
