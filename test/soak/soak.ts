import { setTimeout as pause } from 'node:timers/promises';
import { v1 } from '@google-cloud/firestore';
import { DEFAULT_DATABASE } from '../../shared/config/environment-variables.ts';
import { firestoreClient } from '../../shared/adapters/google/firestore-client.ts';
import { startFirestore } from '../emulator/firestore.ts';
import { startPubsub, type Got, type Pubsub } from '../emulator/pubsub.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { Dispatcher } from './dispatcher.ts';
import { makeOperations, seeded } from './operations.ts';
import { deletesOf, operationOf, verdict, type Figure } from './verdict.ts';
import { Workers } from './workers.ts';

export interface SoakOptions {
  readonly operations: number;
  readonly seed: number;
  /** False: Stripe forgets its keys. Then faults come before the effect alone, and kills outside the calls. */
  readonly idempotency: boolean;
  readonly say: (line: string) => void;
}

const WORKERS = 3;
/** Deliveries at once: about as many as the workers' concurrency of 20 has in a fleet that is not full. */
const PARALLEL = 36;
const KILL_EVERY_MS = 4000;
/** Nodes that count: Stripe's 429s slow the connection down to an eighth of 6 a second for each. */
const NODES = 60;

/**
 * Operations by the thousand through real workers, real emulators and the sandbox, with everything going wrong: messages
 * twice, workers killed, Stripe throttling, failing, and losing its answers after the effect. Until the queue is empty.
 */
export async function soak(options: SoakOptions): Promise<Figure[]> {
  const chance = seeded(options.seed);
  let [workers, deletes]: [Workers | undefined, ReadonlyMap<string, string>] = [undefined, new Map()];
  const sandbox = await startSandbox({
    seed: options.seed,
    idempotency: options.idempotency,
    onRequest(request) {
      const id = operationOf(request, deletes);
      if (id !== undefined) workers?.asked(request.key, id);
    },
  });
  const [firestore, pubsub] = await Promise.all([startFirestore(), startPubsub()]);
  const operations = await makeOperations(sandbox, options.operations, chance);
  deletes = deletesOf(operations);
  sandbox.requests.length = 0;
  sandbox.effects.length = 0;
  workers = new Workers(sandbox, await environment(sandbox, firestore.host, pubsub), SANDBOX_KEY);
  const collected = new Collector(pubsub);
  try {
    await workers.start(WORKERS);
    setFaults(sandbox, options.idempotency);
    const dispatcher = new Dispatcher(workers, operations, chance);
    const stop = disturb(workers, options, chance, () => progress(options, workers, dispatcher, sandbox));
    const collecting = collected.run();
    await dispatcher.drain(PARALLEL);
    stop();
    await collected.end(collecting);
    progress(options, workers, dispatcher, sandbox);
    return verdict({
      operations,
      effects: sandbox.effects,
      requests: sandbox.requests,
      workers: workers.all,
      results: collected.results,
      deadLetters: collected.deadLetters,
      acknowledged: dispatcher.acknowledged,
      states: await states(firestore.host),
      limit: 6 * NODES,
    });
  } finally {
    await workers.stop();
    await sandbox.close();
    await Promise.all([firestore.stop(), pubsub.stop()]);
  }
}

async function environment(sandbox: Sandbox, firestoreHost: string, pubsub: Pubsub): Promise<Record<string, string>> {
  const [results, dead] = await Promise.all([pubsub.topic('results'), pubsub.topic('dead')]);
  const settings = {
    name: 'soak',
    min_nodes: NODES,
    max_nodes: NODES,
    account_ceiling: 10_000,
    endpoint_ceiling: 10_000,
    results_topic: results,
    dead_letter_topic: dead,
    automation_allowlist: ['Create', 'Update', 'Delete', 'ConfirmPaymentIntent'],
  };
  return {
    STRIPE_API_BASE: sandbox.url,
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    PUBSUB_EMULATOR_HOST: pubsub.host,
    METADATA_SERVER_DETECTION: 'none',
    CONNECTION_SETTINGS: JSON.stringify(settings),
  };
}

/** Shares of all requests: 3 % throttled, 3 % failed, 8 % answers lost after the effect; some slow ones. */
function setFaults({ faults }: Sandbox, idempotency: boolean): void {
  faults.add({ kind: 'rate_limit', share: 0.03 });
  faults.add({ kind: 'error_500', share: 0.03 });
  if (idempotency) {
    faults.add({ kind: 'reset_after', share: 0.04 });
    faults.add({ kind: 'truncated', share: 0.02 });
    faults.add({ kind: 'error_500_after', share: 0.02 });
  } else faults.add({ kind: 'reset_before', share: 0.08 });
  faults.add({ kind: 'delay', share: 0.1, ms: 250 });
}

/** Kills a worker every few seconds, and tells how far it is. */
function disturb(workers: Workers, { idempotency }: SoakOptions, chance: () => number, tell: () => void): () => void {
  let next = performance.now() + KILL_EVERY_MS;
  const killing = setInterval(() => {
    if (performance.now() >= next && workers.kill(chance, !idempotency))
      next = performance.now() + KILL_EVERY_MS * (0.5 + chance());
  }, 5);
  const telling = setInterval(tell, 10_000);
  return () => {
    clearInterval(killing);
    clearInterval(telling);
  };
}

function progress({ say }: SoakOptions, workers: Workers | undefined, dispatcher: Dispatcher, sandbox: Sandbox): void {
  const { acknowledged, open, deliveries, refusals } = dispatcher;
  say(
    `${acknowledged.size} operations acknowledged, ${open} messages open; ${deliveries} deliveries, ${refusals} nacked or lost; ` +
      `${sandbox.requests.length} requests, ${sandbox.effects.length} effects; ${workers?.kills ?? 0} kills`,
  );
}

/** Subscribes to what is published, from the beginning to the end. */
class Collector {
  readonly results: Got[] = [];
  readonly deadLetters: Got[] = [];
  private over = false;

  constructor(private readonly pubsub: Pubsub) {}

  async run(): Promise<void> {
    while (!this.over) {
      await this.once();
      await pause(200);
    }
  }

  async end(running: Promise<void>): Promise<void> {
    this.over = true;
    await running;
    // What was published last is there at once; an empty pull ends it.
    for (let before = -1; before !== this.results.length + this.deadLetters.length;) {
      before = this.results.length + this.deadLetters.length;
      await pause(500);
      await this.once();
    }
  }

  private async once(): Promise<void> {
    this.results.push(...(await this.pubsub.pull('results', 0)));
    this.deadLetters.push(...(await this.pubsub.pull('dead', 0)));
  }
}

/** How many operations the store has in each state. */
async function states(emulatorHost: string): Promise<Record<string, number>> {
  const client: InstanceType<typeof v1.FirestoreClient> = firestoreClient({
    projectId: 'stripe-local',
    databaseId: DEFAULT_DATABASE,
    emulatorHost,
  });
  const counts: Record<string, number> = {};
  const query = { from: [{ collectionId: 'operations' }], select: { fields: [{ fieldPath: 'state' }] } };
  const parent = `projects/stripe-local/databases/${DEFAULT_DATABASE}/documents/connections/soak`;
  await new Promise<void>((resolve, reject) => {
    client
      .runQuery({ parent, structuredQuery: query })
      .on('data', ({ document }: { document?: { fields: { state: { stringValue: string } } } | null }) => {
        const state = document?.fields.state.stringValue;
        if (state !== undefined) counts[state] = (counts[state] ?? 0) + 1;
      })
      .on('error', reject)
      .on('end', resolve);
  });
  await client.close();
  return counts;
}
