/**
 * `npm run bench -- cold [--rounds N] [--functions a,b]`: from the start of a process to its first answer, and to its first
 * whole transaction: secret, token and Stripe over TLS on loopback. Every round starts each function's variants beside hello
 * world, in random order; a figure is the median of the rounds' ratios. Judged on CPU, at the interval's upper end.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { atMost, type Figure } from '../figure.ts';
import { roundsOf } from '../rounds-option.ts';
import { builtProgram, plainProgram, type Row } from './built-program.ts';
import { startServers } from './google-and-stripe.ts';
import type { Ask, Program } from './process.ts';
import { comparing, measured, type Starts, type Variant } from './rounds.ts';

const OUT = path.resolve('build/bench/cold');

export async function cold(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { functions: { type: 'string' } },
    strict: false,
  });
  const named = typeof values.functions === 'string' ? values.functions.split(',') : undefined;
  rmSync(OUT, { recursive: true, force: true });
  const rows = manifest().filter(({ name }) => named === undefined || named.includes(name));
  const [hello, naive] = [plain('hello'), plain('naive')];
  // It takes its time, and is the same beside every function.
  const besideNaive = [
    { name: 'naive first', program: naive, ask: REFUSED },
    { name: 'naive whole', program: naive, ask: WHOLE },
  ];
  const groups = rows.map((row) => [
    { name: 'hello', program: hello, ask: { body: {}, status: 200 } },
    ...variantsOf(row),
    ...(wholeOf(row) === undefined ? [] : besideNaive),
  ]);
  const servers = await startServers();
  try {
    const starts = await measured(groups, roundsOf(args, 31), servers);
    return rows.flatMap((row, index) => figuresOf(starts[index] as Starts, row));
  } finally {
    servers.close();
  }
}

function manifest(): Row[] {
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as { functions: Row[] };
  // What a schedule calls takes no input that could be refused, and nobody waits for it.
  return functions.filter(({ trigger }) => trigger !== 'schedule');
}

const REFUSED: Ask = { body: {}, status: 400 };
export const WHOLE: Ask = { body: { entity: 'Customer', entityId: 'cus_1' }, status: 200 };

function plain(target: string): Program {
  return { folder: plainProgram(`cold/${target}.cjs`, path.join(OUT, target)), target };
}

/** A function as built, with its code cache, and with one of another Node. */
function variantsOf(row: Row): Variant[] {
  const whole = wholeOf(row);
  return (['accepted', 'refused'] as const).flatMap((cache): Variant[] => {
    const made = builtProgram(row, cache, path.join(OUT, cache, row.name));
    return [
      { name: `first ${cache}`, program: made, ask: firstOf(row) },
      ...(whole === undefined ? [] : [{ name: `whole ${cache}`, program: made, ask: whole }]),
    ];
  });
}

/** Bad input, which every function refuses before it asks anybody. */
function firstOf({ trigger, source }: Row): Ask {
  if (trigger === 'pubsub' || source === 'events/stripe-events.ts') return REFUSED;
  return { body: { nothing: 1 }, status: 400 };
}

/** The transactions that are compared: a read, and a write with its record. */
function wholeOf({ name }: Row): Ask | undefined {
  if (['get-entity', 'customer-get', 'connection'].includes(name)) return WHOLE;
  if (name === 'confirm-payment-intent')
    return { body: { connectorInputPayload: { PaymentIntentId: 'pi_1' } }, status: 200 };
  return undefined;
}

function figuresOf(starts: Starts, row: Row): Figure[] {
  const { name } = row;
  const compared = comparing(starts);
  const whole = 'whole transaction';
  return [
    compared(`cold: ${name} first answer / hello, cache accepted`, 'first accepted', 'hello', 1.1),
    compared(`cold: ${name} first answer / hello, cache refused`, 'first refused', 'hello', 1.3),
    ...(wholeOf(row) === undefined
      ? []
      : [
          compared(`cold: ${name} ${whole} / hello, cache accepted`, 'whole accepted', 'hello', 1.7),
          compared(`cold: ${name} ${whole} / hello, cache refused`, 'whole refused', 'hello', 2.2),
          compared(`cold: ${name} first answer / naive, cache accepted`, 'first accepted', 'naive first', 0.4),
          compared(`cold: ${name} ${whole} / naive, cache accepted`, 'whole accepted', 'naive whole', 0.4),
          compared(`cold: ${name} memory after it / hello`, 'whole accepted', 'hello', 1.3, 'rssMb'),
        ]),
    atMost(`cold: ${name} JavaScript of the folder, KB`, javaScriptOf(name) / 1000, 900),
  ];
}

/** Bytes, code caches apart. */
export function javaScriptOf(name: string): number {
  const folder = path.resolve('build/functions', name);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cjs') && file !== 'make-cache.cjs')
    .reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
}
