/**
 * `npm run bench -- cold [--rounds N] [--functions a,b]`: from the start of a process to its first answer, and to its first
 * whole transaction: secret, token and Stripe over TLS on loopback. Every round starts every variant once, in random
 * order; a figure is the median of the rounds' ratios to hello world. Judged on CPU, at the interval's upper end.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../emulator/ports.ts';
import { figure, type Figure } from '../figure.ts';
import { startServers, type Servers } from './google-and-stripe.ts';
import { shuffled } from '../shuffled.ts';
import { start, type Ask, type Program, type Start } from './process.ts';
import { medianOf } from '../interval.ts';

interface Row {
  readonly name: string;
  readonly of?: string;
  readonly source?: string;
  readonly entryPoint?: string;
  readonly actions?: readonly string[];
  readonly entities?: readonly string[];
  readonly trigger?: string;
}

/** One thing that is started: a program, what it is asked, and what its figure is called. */
interface Variant {
  readonly name: string;
  readonly program: Program;
  readonly ask: Ask;
}

const OUT = path.resolve('build/bench/cold');
const SETTINGS = {
  name: 'bench',
  region: 'europe-west1',
  api_key: 'projects/bench/secrets/key/versions/latest',
  service_account: 'bench@bench.iam.gserviceaccount.com',
  automation_topic: 'projects/bench/topics/asks',
  dead_letter_topic: 'projects/bench/topics/letters',
  events_topic: 'projects/bench/topics/events',
  webhook_secrets: ['projects/bench/secrets/hook/versions/1'],
};

export async function cold(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '31' }, functions: { type: 'string' } },
    strict: false,
  });
  const rounds = Number(values.rounds);
  const named = typeof values.functions === 'string' ? values.functions.split(',') : undefined;
  rmSync(OUT, { recursive: true, force: true });
  const rows = manifest().filter(({ name }) => named === undefined || named.includes(name));
  const variants = [...baselines(), ...rows.flatMap(variantsOf)];
  const servers = await startServers();
  try {
    return figuresOf(await measured(variants, rounds, servers), rows);
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
const WHOLE: Ask = { body: { entity: 'Customer', entityId: 'cus_1' }, status: 200 };

function baselines(): Variant[] {
  const program = (target: string): Program => {
    const folder = path.join(OUT, target);
    mkdirSync(folder, { recursive: true });
    cpSync(path.resolve(`test/bench/cold/${target}.cjs`), path.join(folder, 'index.cjs'));
    // The framework tells the kind of module by this.
    cpSync(path.resolve('test/bench/cold/package.json'), path.join(folder, 'package.json'));
    return { folder, target };
  };
  const naive = program('naive');
  return [
    { name: 'hello', program: program('hello'), ask: { body: {}, status: 200 } },
    { name: 'naive first', program: naive, ask: REFUSED },
    { name: 'naive whole', program: naive, ask: WHOLE },
  ];
}

/** A function as built, with its code cache, and with one of another Node. */
function variantsOf(row: Row): Variant[] {
  const target = row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const program = (cache: 'accepted' | 'refused'): Program => {
    const folder = path.join(OUT, cache, row.name);
    cpSync(path.resolve('build/functions', row.name), folder, {
      recursive: true,
      filter: (file) => !/\.(map|cache)$/.test(file),
    });
    const { status, stderr } = spawnSync(
      process.execPath,
      [...(cache === 'refused' ? ['--no-opt'] : []), 'make-cache.cjs'],
      { cwd: folder, encoding: 'utf8' },
    );
    if (status !== 0 || !readdirSync(folder).some((file) => file.endsWith('.cache')))
      throw new Error(`${row.name}: no cache: ${stderr}`);
    return { folder, target, path: row.name === 'connection' ? '/run/get-entity' : '/' };
  };
  const whole = wholeOf(row);
  return (['accepted', 'refused'] as const).flatMap((cache): Variant[] => {
    const made = program(cache);
    return [
      { name: `${row.name} first ${cache}`, program: made, ask: firstOf(row) },
      ...(whole === undefined ? [] : [{ name: `${row.name} whole ${cache}`, program: made, ask: whole }]),
    ];
  });
}

/** Bad input, which every function refuses before it asks anybody. */
function firstOf({ name, trigger, source }: Row): Ask {
  if (name === 'tools') return { body: { jsonrpc: '2.0', id: 1, method: 'nothing' }, status: 200 };
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

type Starts = ReadonlyMap<string, readonly Start[]>;

async function measured(variants: readonly Variant[], rounds: number, servers: Servers): Promise<Starts> {
  const env = {
    K_SERVICE: 'bench',
    GOOGLE_CLOUD_PROJECT: 'bench',
    CONNECTION_SETTINGS: JSON.stringify(SETTINGS),
    NODE_EXTRA_CA_CERTS: servers.ca,
    BENCH_TLS_PORT: String(servers.tlsPort),
    GCE_METADATA_HOST: `127.0.0.1:${servers.metadataPort}`,
  };
  const starts = new Map<string, Start[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, program, ask } of shuffled(variants)) {
      const one = await start(program, ask, await freePort(), env);
      // The first round fills the machine's file cache.
      if (round > 0) starts.get(name)?.push(one);
    }
    process.stderr.write(`\rround ${round} of ${rounds} `);
  }
  process.stderr.write('\n');
  return starts;
}

function figuresOf(starts: Starts, rows: readonly Row[]): Figure[] {
  const ratios = (name: string, to: string, by: keyof Start): number[] =>
    (starts.get(name) ?? []).map((one, round) => one[by] / (starts.get(to)?.[round]?.[by] ?? NaN));
  const compared = (title: string, name: string, to: string, bar: number, by: keyof Start = 'cpuMs'): Figure => {
    const { median, low, high } = medianOf(ratios(name, to, by));
    const wall = medianOf(ratios(name, to, 'wallMs')).median;
    return figure(
      title,
      high,
      bar,
      `median ${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]${by === 'cpuMs' ? `, wall ${wall.toFixed(2)}` : ''}`,
    );
  };
  const of = (name: string): boolean => starts.has(name);
  return rows.flatMap(({ name }) => [
    compared(`cold: ${name} first answer / hello, cache accepted`, `${name} first accepted`, 'hello', 1.1),
    compared(`cold: ${name} first answer / hello, cache refused`, `${name} first refused`, 'hello', 1.3),
    ...(of(`${name} whole accepted`)
      ? [
          compared(`cold: ${name} whole transaction / hello, cache accepted`, `${name} whole accepted`, 'hello', 1.7),
          compared(`cold: ${name} whole transaction / hello, cache refused`, `${name} whole refused`, 'hello', 2.2),
          compared(
            `cold: ${name} whole transaction / naive, cache accepted`,
            `${name} whole accepted`,
            'naive whole',
            0.4,
          ),
          compared(`cold: ${name} memory after it / hello`, `${name} whole accepted`, 'hello', 1.3, 'rssMb'),
        ]
      : []),
    figure(`cold: ${name} JavaScript of the folder, KB`, javaScriptOf(name) / 1000, 900),
  ]);
}

/** Bytes, code caches apart. */
export function javaScriptOf(name: string): number {
  const folder = path.resolve('build/functions', name);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cjs') && file !== 'make-cache.cjs')
    .reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
}
