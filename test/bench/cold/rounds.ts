/**
 * Rounds of starts: each starts every variant once, in random order, so that what disturbs one disturbs all. What is compared
 * stands in one group, whose variants are started one right after the other: the machine is not the same all round long.
 */
import { freePort } from '../../emulator/ports.ts';
import { atMost, type Figure } from '../figure.ts';
import { medianOf, wordsOf } from '../interval.ts';
import { shuffled } from '../shuffled.ts';
import type { Servers } from './google-and-stripe.ts';
import { start, type Ask, type Program, type Start } from './process.ts';

/** One thing that is started: a program, what it is asked, and what its figure is called. */
export interface Variant {
  readonly name: string;
  readonly program: Program;
  readonly ask: Ask;
}

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

export type Starts = ReadonlyMap<string, readonly Start[]>;

/** The surroundings of a deployed function, on loopback. */
export function inCloud(servers: Servers): Record<string, string> {
  return {
    K_SERVICE: 'bench',
    GOOGLE_CLOUD_PROJECT: 'bench',
    CONNECTION_SETTINGS: JSON.stringify(SETTINGS),
    NODE_EXTRA_CA_CERTS: servers.ca,
    BENCH_TLS_PORT: String(servers.tlsPort),
    GCE_METADATA_HOST: `127.0.0.1:${servers.metadataPort}`,
  };
}

/** The starts of each group. */
export async function measured(
  groups: readonly (readonly Variant[])[],
  rounds: number,
  servers: Servers,
): Promise<Starts[]> {
  const env = inCloud(servers);
  const all = groups.map((variants) => ({
    variants,
    starts: new Map<string, Start[]>(variants.map(({ name }) => [name, []])),
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { variants, starts } of shuffled(all))
      for (const { name, program, ask } of shuffled(variants)) {
        const one = await start(program, ask, await freePort(), env);
        // The first round fills the machine's file cache.
        if (round > 0) starts.get(name)?.push(one);
      }
    process.stderr.write(`\rround ${round} of ${rounds} `);
  }
  process.stderr.write('\n');
  return all.map(({ starts }) => starts);
}

type Comparing = (title: string, name: string, to: string, bar: number, by?: keyof Start) => Figure;

/** The median of the rounds' ratios, judged at the upper end of its interval. */
export function comparing(starts: Starts): Comparing {
  return (title, name, to, bar, by = 'cpuMs') => {
    const ratios = (what: keyof Start): number[] =>
      (starts.get(name) ?? []).map((one, round) => one[what] / (starts.get(to)?.[round]?.[what] ?? NaN));
    const found = medianOf(ratios(by));
    return atMost(title, found.high, bar, wordsOf(found));
  };
}
