/**
 * `npm run bench -- warm [--rounds N]`: what a request costs a warm instance, beside the framework's hello world with the
 * same body, and beside Stripe's SDK alone under the framework, as anybody would write it and spared the framework's domain
 * as our functions are. All serve at once; each round asks them one after the other, in random order. Our own code is what
 * is left of a request when the SDK's is taken away.
 */
import { rmSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { plainProgram } from '../cold/built-program.ts';
import { atMost, type Figure } from '../figure.ts';
import { medianOf, wordsOf } from '../interval.ts';
import { buildQuick, quickSettings } from '../quick-nodes.ts';
import { roundsOf } from '../rounds-option.ts';
import { fixedAnswer, serve, type Serving } from '../served.ts';
import { shuffled } from '../shuffled.ts';

const OUT = path.resolve('build/bench/warm');
const CONNECTIONS = 16;
const ROUND_MS = 1000;

interface Job {
  readonly name: string;
  readonly what: string;
  readonly target: string;
  readonly body: object;
}

const JOBS: readonly Job[] = [
  {
    name: 'confirm-payment-intent',
    what: 'an action',
    target: 'confirmPaymentIntent',
    body: { connectorInputPayload: { PaymentIntentId: 'pi_1' } },
  },
  { name: 'get-entity', what: 'a Get', target: 'getEntity', body: { entity: 'Customer', entityId: 'cus_1' } },
];

/** Of one round of one server. */
interface Round {
  readonly cpuUs: number;
  readonly perSecond: number;
}

export async function warm(args: readonly string[]): Promise<Figure[]> {
  rmSync(OUT, { recursive: true, force: true });
  const stripe = await fixedAnswer();
  const env = {
    STRIPE_API_KEY: 'sk_test_bench',
    STRIPE_API_BASE: stripe.base,
    CONNECTION_SETTINGS: quickSettings({ verbosity: '2' }),
  };
  const servers: Serving[] = [];
  const served = async (folder: string, target: string, more: object = {}): Promise<Serving> => {
    const server = await serve(folder, target, { ...env, ...more });
    servers.push(server);
    return server;
  };
  try {
    const hello = await served(plainProgram('cold/hello.cjs', path.join(OUT, 'hello')), 'hello');
    const sdk = plainProgram('warm/bare.cjs', path.join(OUT, 'bare'));
    const bare = await served(sdk, 'bare');
    const spared = await served(sdk, 'bare', { WITHOUT_DOMAINS: '1' });
    const figures: Figure[] = [];
    for (const job of JOBS) {
      const ours = await served(await buildQuick(job.name, OUT), job.target);
      figures.push(...figuresOf(job, await measured({ hello, bare, spared, ours }, job, roundsOf(args, 31))));
    }
    return figures;
  } finally {
    for (const server of [...servers, stripe]) await server.stop();
  }
}

type Of<T> = Readonly<Record<'hello' | 'bare' | 'spared' | 'ours', T>>;

async function measured(servers: Of<Serving>, { name, body }: Job, rounds: number): Promise<Of<Round[]>> {
  const text = JSON.stringify(body);
  const found: Of<Round[]> = { hello: [], bare: [], spared: [], ours: [] };
  // Two rounds make them warm.
  for (let round = -2; round < rounds; round += 1) {
    for (const one of shuffled(['hello', 'bare', 'spared', 'ours'] as const)) {
      const answer = await load(servers[one], text);
      if (round >= 0) found[one].push(answer);
    }
    process.stderr.write(`\r${name}: round ${round + 1} of ${rounds} `);
  }
  process.stderr.write('\n');
  return found;
}

async function load(server: Serving, body: string): Promise<Round> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = server.cpuMs();
  const begun = performance.now();
  let answers = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - begun < ROUND_MS) {
      await post(agent, server.port, body);
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  const tookMs = performance.now() - begun;
  const cpuMs = server.cpuMs() - before;
  agent.destroy();
  return { cpuUs: (cpuMs * 1000) / answers, perSecond: (answers * 1000) / tookMs };
}

function post(agent: http.Agent, port: number, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(answer))));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function figuresOf({ what }: Job, { hello, bare, spared, ours }: Of<Round[]>): Figure[] {
  const each = (
    of: (hello: Round, sdk: Round, ours: Round) => number,
    sdk: readonly Round[] = bare,
  ): ReturnType<typeof medianOf> =>
    medianOf(hello.map((one, round) => of(one, sdk[round] as Round, ours[round] as Round)));
  const ownBeside = (sdk: readonly Round[]): ReturnType<typeof medianOf> =>
    each((floor, call, whole) => (whole.cpuUs - call.cpuUs) / floor.cpuUs, sdk);
  const own = ownBeside(bare);
  const ownSpared = ownBeside(spared);
  const us = (rounds: readonly Round[]): string => medianOf(rounds.map(({ cpuUs }) => cpuUs)).median.toFixed(0);
  const throughput = each((floor, _sdk, whole) => whole.perSecond / floor.perSecond).median;
  const besideSdk = each((_floor, sdk, whole) => whole.perSecond / sdk.perSecond).median;
  return [
    atMost(
      `warm: CPU of our code for ${what} / hello world`,
      own.high,
      0.35,
      `${wordsOf(own)}; us a request: ` +
        `hello ${us(hello)}, with the SDK's call ${us(bare)}, ours ${us(ours)}; ` +
        `throughput ${throughput.toFixed(2)} of hello's, ${besideSdk.toFixed(2)} of the SDK's`,
    ),
    atMost(
      `warm: the same beside the SDK without domains, for ${what}`,
      ownSpared.high,
      0.35,
      `${wordsOf(ownSpared)}; us a request: the SDK's call without domains ${us(spared)}`,
    ),
  ];
}
