/**
 * A process with some instances in it, each with a limiter and a channel to Firestore of its own. Starts on `go`,
 * tells what it saw on `report`. Times are microseconds of the one monotonic clock that all processes share.
 */
import { openSync, writeSync } from 'node:fs';
import http from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Firestore } from '@google-cloud/firestore';
import { firestoreAllocations } from '../../../shared/adapters/google/limiter/firestore-allocations.ts';
import { firestoreClient } from '../../../shared/adapters/google/firestore-client.ts';
import { storedDocuments } from '../../../shared/adapters/google/stored-documents.ts';
import { firestoreTokens } from '../../../shared/adapters/google/limiter/firestore-tokens.ts';
import { systemClock } from '../../../shared/adapters/system-clock.ts';
import { shardOf, type Limits } from '../../../shared/rate-limiter/capacity.ts';
import { Limiter, type Endpoint } from '../../../shared/rate-limiter/limiter.ts';
import type { TokenStore } from '../../../shared/rate-limiter/store.ts';

export interface Assignment {
  readonly connection: string;
  /** Place of each instance; as many as there are. */
  readonly instances: number;
  readonly emulatorHost: string;
  readonly receiverPort: number;
  /** Every release is a line of this file, its time and its endpoint: what a killed process did is not lost with it. */
  readonly journal: string;
  readonly limits: Limits;
  readonly how: 'limiter' | 'naive' | 'local-clock';
  /** Callers of an instance that come back at once, or calls a second that come by chance. */
  readonly load: { readonly callers: number } | { readonly perSecond: number };
  /** The endpoints that the callers of an instance call, in turn. Without any, no call names its endpoint. */
  readonly endpoints: readonly Endpoint[];
}

export interface Asked {
  readonly kind: 'join' | 'count' | 'reserve';
  readonly atUs: number;
  readonly tookUs: number;
  readonly shards: readonly number[];
  readonly slots: number;
  readonly failed?: string;
}

export interface Report {
  /** Of each instance. */
  readonly released: readonly (readonly number[])[];
  readonly waitedMs: readonly number[];
  readonly asked: readonly Asked[];
  readonly looks: readonly { readonly atUs: number; readonly live: number }[];
  readonly refused: number;
  readonly failed: number;
  /** Milliseconds by which the process came late to its timers: 99 of 100 times less. A late timer loses its slot. */
  readonly lateMs: number;
}

const assignment = JSON.parse(process.argv[2] ?? '{}') as Assignment;
const journal = openSync(assignment.journal, 'a');
const agent = new http.Agent({ keepAlive: true });
const released: number[][] = [];
const waitedMs: number[] = [];
const asked: Asked[] = [];
const looks: { atUs: number; live: number }[] = [];
const lateness = monitorEventLoopDelay({ resolution: 10 });
let refused = 0;
let failed = 0;

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Notes every question. */
function noted(store: TokenStore): TokenStore {
  const note = async <T>(
    kind: Asked['kind'],
    shards: readonly number[],
    slots: number,
    ask: () => Promise<T>,
  ): Promise<T> => {
    const atUs = nowUs();
    const put = (failure?: string): void =>
      void asked.push({
        kind,
        atUs,
        tookUs: nowUs() - atUs,
        shards,
        slots,
        ...(failure === undefined ? {} : { failed: failure }),
      });
    try {
      const answer = await ask();
      put();
      return answer;
    } catch (error) {
      const { code, cause } = error as { code?: number; cause?: { code?: number } };
      put(String(code ?? cause?.code ?? error));
      throw error;
    }
  };
  // What the mutant does that a test of skewed clocks must catch: it trusts the local clock.
  const said = <T extends { atUs: number }>(answer: T): T =>
    assignment.how === 'local-clock' ? { ...answer, atUs: Date.now() * 1000 } : answer;
  return {
    join: async (member) => said(await note('join', [], 0, () => store.join(member))),
    async countMembers(member, sinceUs) {
      // Two counts.
      const roster = await note('count', [], 0, () => store.countMembers(member, sinceUs));
      looks.push({ atUs: nowUs(), live: roster.live });
      return roster;
    },
    reserve: async (request) =>
      said(
        await note(
          'reserve',
          [...new Set(request.requests.map(({ lane }) => shardOf(lane)))],
          request.requests.reduce((sum, { count }) => sum + count, 0),
          () => store.reserve(request),
        ),
      ),
    throttle: (request) => store.throttle(request),
    set: (...given) => store.set(...given),
    leave: (member) => store.leave(member),
  };
}

/** Notes a release. */
function note(index: number, atUs: number, endpoint?: Endpoint): void {
  released[index]?.push(atUs);
  writeSync(journal, `${atUs} ${endpoint?.key ?? ''}\n`);
}

function send(releasedUs: number, endpoint?: Endpoint): void {
  const path = `/${releasedUs}/${encodeURIComponent(endpoint?.key ?? '')}`;
  const request = http.request({ host: '127.0.0.1', port: assignment.receiverPort, path, agent });
  request.on('response', (response) => response.resume());
  request.on('error', () => undefined);
  request.end();
}

/** Takes a turn for one call. True if it was granted and its request left. */
type Take = (endpoint?: Endpoint) => Promise<boolean>;

/** One instance: takes turns; a granted one is a release, and a request leaves at once. */
function limited(index: number): Take {
  const { connection, emulatorHost, limits } = assignment;
  const options = { projectId: 'bench', databaseId: '(default)', emulatorHost };
  const client = firestoreClient(options);
  const limiter = new Limiter({
    member: { connection, id: `${process.pid}-${index}`, place: Math.random() },
    limits,
    store: noted(firestoreTokens(options, client)),
    allocations: firestoreAllocations(options, storedDocuments, client),
    clock: systemClock,
    log: { write: (_, message, facts) => process.stderr.write(`${message} ${JSON.stringify(facts)}\n`) },
  });
  return async (endpoint) => {
    const turn = await limiter.take(60_000, undefined, undefined, endpoint);
    // The release is before the check, as in the connector: the machine may stop the process after the check.
    const releasedUs = nowUs();
    // A slot that is not used in time is lost.
    if (!turn.granted || systemClock.monotonicMs() > turn.untilMs) return false;
    note(index, releasedUs, endpoint);
    waitedMs.push(turn.waitedMs);
    send(releasedUs, endpoint);
    return true;
  };
}

/** The naive way: one document, one transaction a request, a classic bucket with a burst of one second. */
function naive(index: number): Take {
  process.env['FIRESTORE_EMULATOR_HOST'] = assignment.emulatorHost;
  // Nothing leaves loopback: no search for Google's metadata server.
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const firestore = new Firestore({ projectId: 'bench' });
  const document = firestore.doc(`naive/${assignment.connection}`);
  const rate = 6 * Math.max(2, assignment.limits.minNodes);
  return async () => {
    const begun = performance.now();
    const granted = await firestore.runTransaction(async (transaction) => {
      asked.push({ kind: 'reserve', atUs: nowUs(), tookUs: 0, shards: [0], slots: 1 });
      const snapshot = await transaction.get(document);
      const now = Date.now();
      const tokens = Number(snapshot.get('tokens') ?? rate);
      const filled = Math.min(rate, tokens + ((now - Number(snapshot.get('at') ?? now)) / 1000) * rate);
      if (filled >= 1) transaction.set(document, { tokens: filled - 1, at: now });
      return filled >= 1;
    });
    if (!granted) {
      await systemClock.sleep(1000 / rate);
      return false;
    }
    const releasedUs = nowUs();
    note(index, releasedUs);
    waitedMs.push(performance.now() - begun);
    send(releasedUs);
    return true;
  };
}

let open = true;

async function closedLoop(take: Take, endpoint: Endpoint | undefined): Promise<void> {
  while (open) {
    try {
      if (!(await take(endpoint))) refused += 1;
    } catch {
      failed += 1;
      await systemClock.sleep(50);
    }
  }
}

async function byChance(take: Take, perSecond: number): Promise<void> {
  while (open) {
    await systemClock.sleep((-Math.log(1 - Math.random()) / perSecond) * 1000);
    take().then(
      (granted) => (refused += granted ? 0 : 1),
      () => (failed += 1),
    );
  }
}

const takes = Array.from({ length: assignment.instances }, (_, index) => {
  released.push([]);
  return assignment.how === 'naive' ? naive(index) : limited(index);
});

process.on('message', (command: unknown) => {
  if (command === 'go') {
    lateness.enable();
    for (const take of takes) {
      const { load, endpoints } = assignment;
      if ('perSecond' in load) void byChance(take, load.perSecond);
      else
        for (let caller = 0; caller < load.callers; caller += 1)
          void closedLoop(take, endpoints[caller % endpoints.length]);
    }
  }
  if (command === 'report') {
    open = false;
    const report: Report = {
      released,
      waitedMs,
      asked,
      looks,
      refused,
      failed,
      lateMs: lateness.percentile(99) / 1e6 - 10,
    };
    process.send?.(report);
  }
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
