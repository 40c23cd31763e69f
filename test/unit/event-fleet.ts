/** Instances of a connection that share a store, in virtual time: what they read of Stripe, and what they write. */
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { thinEvent, type Change, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type Published, type TestConnector } from '../support/connector.ts';
import { fakeStripe, type FakeReply } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

export const ACCOUNTS = ['acct_a', 'acct_b'];
export const READ_MS = 120;
/** A request to the store and back. */
export const STORE_MS = 10;
/** https://cloud.google.com/run/docs/about-concurrency: the functions take so many requests at a time. */
const CONCURRENCY = 20;

export class Fleet {
  readonly clock = new VirtualClock();
  /** The version of each object at Stripe, by account and id. */
  readonly versions = new Map<string, number>();
  readonly reads: string[] = [];
  writes = 0;
  entries = 0;
  storeFails = false;
  reply: (key: string) => FakeReply | undefined = () => undefined;
  readonly instances: TestConnector[];

  constructor(size: number) {
    const stored = memoryOperations(createStoreClock(this.clock));
    const operations: OperationStore = {
      ...stored,
      update: async (id, transition) => {
        await this.clock.sleep(STORE_MS / 2);
        if (this.storeFails) throw new StoreUnavailableError('down');
        const result = await stored.update(id, (record, nowUs) => {
          const change = transition(record, nowUs);
          if (change.record !== undefined) this.writes += 1;
          return change;
        });
        await this.clock.sleep(STORE_MS / 2);
        return result;
      },
    };
    const shared = memoryEvents(this.clock);
    const inbox: EventInbox = {
      ...shared,
      write: (entry) => ((this.entries += 1), shared.write(entry)),
    };
    this.instances = Array.from({ length: size }, () => this.instance(operations, inbox));
  }

  private instance(operations: OperationStore, inbox: EventInbox): TestConnector {
    const stripe = fakeStripe(({ path, account }) => {
      const id = path.split('/').at(-1) ?? '';
      const key = `${account ?? 'own'} ${id}`;
      this.reads.push(key);
      return this.reply(key) ?? { id, object: 'customer', name: key, version: this.versions.get(key) ?? 0 };
    });
    const send = stripe.send.bind(stripe);
    return testConnector({
      clock: this.clock,
      inbox,
      operations,
      open: false,
      stripe: {
        ...stripe,
        send: async (...sent) => {
          await this.clock.sleep(READ_MS / 2);
          const result = await send(...sent);
          await this.clock.sleep(READ_MS / 2);
          return result;
        },
      },
      settings: {
        allowed_accounts: ACCOUNTS,
        events_refetch: true,
        limit_scope: 'connection',
        min_nodes: 100,
        max_nodes: 100,
        account_ceiling: 10_000,
        endpoint_ceiling: 10_000,
      },
    });
  }

  get nowS(): number {
    return Math.floor(this.clock.epochMs() / 1000);
  }

  change(n: number, more: Partial<Change> = {}): EventBody {
    const object = { id: 'cus_1', object: 'customer' };
    return thinEvent({ n, type: 'customer.updated', object, createdS: this.nowS, ...more });
  }

  deliver(instance: number, body: EventBody): Promise<string> {
    return publishEvent(this.instances[instance] as TestConnector, parseEvent(body));
  }

  run<T>(work: Promise<T>): Promise<T> {
    return inVirtualTime(this.clock, work);
  }

  /** Delivers events to any instance, each of which takes a few at a time. */
  async burst(bodies: readonly EventBody[]): Promise<void> {
    const queue = bodies.values();
    const worker = async (n: number): Promise<void> => {
      for (const body of queue) await this.deliver(n % this.instances.length, body);
    };
    await this.run(Promise.all(Array.from({ length: this.instances.length * CONCURRENCY }, (_, n) => worker(n))));
  }

  get published(): Published[] {
    return this.instances.flatMap(({ published }) => published);
  }
}

export function objectOf({ data }: Published): Record<string, unknown> {
  return (JSON.parse(data) as { data: { object: Record<string, unknown> } }).data.object;
}
