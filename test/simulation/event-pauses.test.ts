/**
 * Publishing is paused and resumed at random while events arrive, runs of `reconcile-events` are under way, and
 * processes are killed before and after a publication. After the last resume every change is published, and no event is
 * held.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import { setPublishing } from '../../shared/management/admin/event-methods.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcileAll } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { snapshotEvent, thinEvent } from '../fixtures/event-families.ts';
import { seeded } from '../support/changing-stripe.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { EventLists } from '../support/event-lists.ts';
import { sized } from '../support/sizes.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const SEEDS = sized(
  [2],
  Array.from({ length: 40 }, (_, n) => n + 1),
);
const CHANGES = sized(80, 120);
const SPAN_MS = 2 * 3_600_000;
const MINUTE_MS = 60_000;
const [DROPPED, KILLED, TOGETHER] = [0.05, 0.02, 0.3];
const DELIVERIES = 5;

interface World {
  readonly at: EventLists;
  readonly random: () => number;
  readonly published: string[];
  killed: number;
}

/** A process that may be killed at each of its writes. From then on nothing that it does has an effect. */
function mortal(world: World, killed: number): TestConnector {
  const { at, random, published } = world;
  const { inbox, deps } = at.connector;
  let isAlive = true;
  const mayDie = (): void => {
    if (isAlive && random() < killed) {
      isAlive = false;
      world.killed += 1;
    }
    if (!isAlive) throw new Error('killed');
  };
  const mortalInbox: EventInbox = { ...inbox, write: async (entry) => (mayDie(), inbox.write(entry)) };
  const operations: OperationStore = {
    ...deps.operations,
    update: async (id, transition) => (mayDie(), deps.operations.update(id, transition)),
  };
  return testConnector({
    clock: at.clock,
    stripe: at.stripe,
    inbox: mortalInbox,
    operations,
    publisher: {
      publish: async (_topic, { attributes }) => {
        mayDie();
        published.push(attributes['ce-id'] ?? '');
        await at.clock.sleep(20);
      },
    },
    settings: { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 },
  });
}

for (const seed of SEEDS)
  test(`no event is lost or stays held, whenever publishing is paused and resumed (${seed})`, async () => {
    const world: World = {
      at: new EventLists({ requestMs: 50 }),
      random: seeded(seed * 7919),
      published: [],
      killed: 0,
    };
    const { at, random, published } = world;
    const { clock } = at;
    const receivers = Array.from({ length: 3 }, () => mortal(world, KILLED));
    const statuses = new Map<string, number>();
    const changeAt = async (n: number, atMs: number): Promise<void> => {
      await clock.sleep(atMs);
      // Some arrive days after they were created, as after an outage of the endpoint.
      const createdS = at.nowS() - (random() < 0.05 ? 86_400 : 0);
      const object = { id: `cus_${n % 20}`, object: 'customer' };
      const change = at.change(n, { createdS, object });
      at.list(undefined, snapshotEvent(change), thinEvent(change));
      const body = n % 2 === 0 ? snapshotEvent(change) : thinEvent(change);
      if (createdS >= at.nowS() && random() < DROPPED) return;
      for (let tries = 0; tries < DELIVERIES; tries += 1) {
        const place = Math.floor(random() * receivers.length);
        const status = await publishEvent(receivers[place] as TestConnector, parseEvent(body)).catch(() => 'again');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status !== 'again') return;
        receivers[place] = mortal(world, KILLED);
        await clock.sleep(30_000 * random());
      }
    };
    const operate = async (): Promise<void> => {
      while (clock.monotonicMs() < SPAN_MS) {
        await clock.sleep(8 * MINUTE_MS * random());
        const pause = random() < 0.5;
        const both = random() < TOGETHER ? [pause, !pause, pause] : [pause];
        await Promise.all(both.map((one) => setPublishing(at.connector, one, '')));
      }
    };
    const schedule = async (): Promise<void> => {
      const runs: Promise<unknown>[] = [];
      while (clock.monotonicMs() < SPAN_MS) {
        // A run may begin before the last one has ended.
        runs.push(reconcileAll(mortal(world, KILLED / 4)).catch(() => undefined));
        await clock.sleep(5 * MINUTE_MS);
      }
      await Promise.all(runs);
    };
    const changes = Array.from({ length: CHANGES }, (_, n) => changeAt(n, (n / CHANGES) * SPAN_MS));
    await inVirtualTime(clock, Promise.all([...changes, operate(), schedule()]));
    await setPublishing(at.connector, false, '');
    for (let run = 0; run < 3; run += 1) {
      await clock.advance(30 * MINUTE_MS);
      await inVirtualTime(clock, reconcileAll(mortal(world, 0)));
    }
    const changeOf = (id: string): string => id.replace(/\D+/g, ' ').trim().split(' ').at(-1) ?? '';
    const reached = new Set(published.filter((id) => id.startsWith('evt_')).map(changeOf));
    assert.deepEqual(await at.connector.inbox.query({ outcome: 'held' }, 500), []);
    const lost = Array.from({ length: CHANGES }, (_, n) => String(n)).filter((n) => !reached.has(n));
    const perChange = published.length / CHANGES;
    console.log(
      `seed ${seed}: ${JSON.stringify(Object.fromEntries(statuses))}, ${world.killed} kills, ${perChange.toFixed(3)} publications a change`,
    );
    assert.deepEqual(lost, [], 'changes that were never published');
    assert.ok((statuses.get('held') ?? 0) > 0 && world.killed > 0, 'the run had its pauses and kills');
    assert.ok(perChange <= 1.2, `${perChange} publications a change`);
  });
