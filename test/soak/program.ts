/** `npm run soak`: the soak as a program. One line a figure; exit status 1 if one is missed. */
import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      operations: { type: 'string', default: '10000' },
      seed: { type: 'string' },
      idempotency: { type: 'string', default: 'on' },
    },
  });
  const [operations, seed] = [Number(values.operations), Number(values.seed ?? Date.now() % 1_000_000)];
  const idempotency = values.idempotency === 'on';
  if (
    !Number.isSafeInteger(operations) ||
    operations < 1 ||
    !Number.isSafeInteger(seed) ||
    !['on', 'off'].includes(values.idempotency)
  )
    throw new Error('npm run soak -- [--operations 10000] [--seed N] [--idempotency on|off]');
  console.log(`seed ${seed}: ${operations} operations, Stripe's idempotency ${values.idempotency}`);
  const began = performance.now();
  const figures = await soak({
    operations,
    seed,
    idempotency,
    say: (line) => console.log(`${String(Math.round((performance.now() - began) / 1000)).padStart(4)} s  ${line}`),
  });
  let missed = 0;
  for (const { name, value, bar } of figures) {
    if (value !== bar) missed += 1;
    console.log(
      `${name.padEnd(60)} ${String(value).padStart(8)}  = ${String(bar).padEnd(8)} ${value === bar ? 'ok' : 'MISSED'}`,
    );
  }
  console.log(
    `${missed === 0 ? 'every figure reached' : `${missed} figures MISSED`} (seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s)`,
  );
  process.exit(missed === 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
