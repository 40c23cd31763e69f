/**
 * `npm run bench -- cold [--rounds N] [--functions a,b]`: from the start of a process to its first answer, and to its first
 * whole transaction: secret, token and Stripe over TLS on loopback. Every round starts each function's variants next to hello
 * world, in random order; a figure is the median of the rounds' ratios. Judged on CPU, at the interval's upper end.
 */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Figure } from '../figure.ts';
import { NODES } from '../../functions/framework.ts';
import { roundsOf } from '../rounds-option.ts';
import { builtProgram, plainProgram, type Row } from './built-program.ts';
import { startServers } from './google-and-stripe.ts';
import type { Ask, Program } from './process.ts';
import { comparing, measured, type Starts, type Variant } from './rounds.ts';

const OUT = path.resolve('build/bench/cold');

export async function cold(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { functions: { type: 'string' }, node: { type: 'string' } },
    strict: false,
  });
  const named = typeof values.functions === 'string' ? values.functions.split(',') : undefined;
  rmSync(OUT, { recursive: true, force: true });
  const rows = manifest().filter(({ name }) => named === undefined || named.includes(name));
  const node = nodeOf(values.node);
  const [hello, naive] = [plain('hello', node), plain('naive', node)];
  // It is slow, and the same for every function.
  const besideNaive = [{ name: 'naive whole', program: naive, ask: WHOLE }];
  const groups = rows.map((row) => [
    { name: 'hello', program: hello, ask: { body: {}, status: 200 } },
    ...variantsOf(row, node),
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
  // A scheduled function has no input that could be rejected, and no caller waits for it.
  return functions.filter(({ trigger }) => trigger !== 'schedule');
}

const REFUSED: Ask = { body: {}, status: 400 };
export const WHOLE: Ask = { body: { entity: 'Customer', entityId: 'cus_1' }, status: 200 };

/** The Node to deploy on, or this one: `--node own`. */
function nodeOf(named: string | boolean | undefined): string {
  const [own, deployed] = NODES;
  return (named === 'own' ? own : (deployed ?? own))?.path ?? process.execPath;
}

function plain(target: string, node: string): Program {
  return { folder: plainProgram(`cold/${target}.cjs`, path.join(OUT, target)), target, node };
}

/** A function as deployed. */
function variantsOf(row: Row, node: string): Variant[] {
  const whole = wholeOf(row);
  const program = { ...builtProgram(row, node, path.join(OUT, row.name)), node };
  return [
    { name: 'first', program, ask: firstOf(row) },
    ...(whole === undefined ? [] : [{ name: 'whole', program, ask: whole }]),
  ];
}

/** Bad input, which every function rejects before any other call. */
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
  const both = (title: string, variant: string, to: string, bar: number): Figure[] => [
    compared(`cold: ${name} ${title}, processor time`, variant, to, bar),
    compared(`cold: ${name} ${title}, wall`, variant, to, bar, 'wallMs'),
  ];
  return [
    ...both('first answer / hello', 'first', 'hello', 1.1),
    ...(wholeOf(row) === undefined
      ? []
      : [
          ...both('whole transaction / hello', 'whole', 'hello', 2),
          ...both('whole transaction / naive', 'whole', 'naive whole', 0.55),
          compared(`cold: ${name} memory after it / hello`, 'whole', 'hello', 1.45, 'rssMb'),
        ]),
  ];
}
