/** `events replay` of many: pages with equal times, events that arrive meanwhile, a command that is killed and repeated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayEvents } from '../../../shared/cli/run/events.ts';
import type { CommandContext, CommandResult } from '../../../shared/cli/commands/definition.ts';
import { EVENT_METHODS } from '../../../shared/management/admin/event-methods.ts';
import { adminInput } from '../../../shared/management/admin/method.ts';
import { snapshotEvent, type EventBody } from '../../fixtures/event-families.ts';
import { EventLists } from '../../support/event-lists.ts';
import { inVirtualTime } from '../../support/virtual-time.ts';

/** Events of a page, in place of 500. */
const PAGE = 10;

type Options = Readonly<Record<string, string>>;

class Operator {
  readonly at = new EventLists({ settings: { event_types: ['customer.*'], allowed_accounts: ['acct_a'] } });
  /** Called before each call of a method. */
  before: (method: string) => Promise<void> = () => Promise.resolve();

  /** Events that arrive at the same time. */
  async arrive(from: number, count: number, more: object = {}): Promise<EventBody[]> {
    const bodies = Array.from({ length: count }, (_, n) =>
      snapshotEvent(this.at.change(from + n, { createdS: this.at.nowS(), ...more })),
    );
    for (const body of bodies) {
      this.at.list((more as { account?: string }).account, body);
      await this.at.publish(body);
    }
    return bodies;
  }

  replay(options: Options): Promise<CommandResult> {
    const { at } = this;
    const context = {
      args: [],
      text: (name: string) => options[name],
      progress: { show: () => undefined },
      admin: async (name: string, body: object): Promise<object> => {
        await this.before(name);
        const method = EVENT_METHODS[name];
        assert.ok(method !== undefined, name);
        const small = name === 'events.list' ? { ...body, limit: PAGE } : body;
        return inVirtualTime(at.clock, method.run(at.connector, adminInput(method, small), []));
      },
    };
    return replayEvents(context as unknown as CommandContext);
  }

  /** The ids of the messages that replays sent, in order. */
  replayed(): unknown[] {
    return this.at.connector.published
      .filter(({ attributes }) => attributes['replayed'] === 'true')
      .map(({ attributes }) => attributes['ce-id']);
  }
}

const idsOf = (bodies: readonly EventBody[]): string[] => bodies.map(({ id }) => id);

test('more events of one millisecond than a page has are each replayed once, though others arrive meanwhile', async () => {
  const operator = new Operator();
  const bodies = await operator.arrive(0, 43);
  let pages = 0;
  operator.before = async (method) => {
    if (method !== 'events.list') return;
    pages += 1;
    // New events, at the time of those of the page.
    await operator.arrive(5000 + pages * 100, 7);
  };
  const { failed } = await operator.replay({ type: 'customer.updated', until: String(operator.at.nowS() + 1) });
  const replayed = operator.replayed().filter((id) => idsOf(bodies).includes(String(id)));
  assert.equal(failed, false);
  assert.deepEqual(replayed.sort(), idsOf(bodies).sort());
  assert.ok(pages > 3);
});

test('of two periods that share a border each event is replayed once', async () => {
  const operator = new Operator();
  const times: number[] = [];
  const bodies: EventBody[] = [];
  for (let n = 0; n < 4; n += 1) {
    times.push(operator.at.nowS());
    bodies.push(...(await operator.arrive(n * 10, 3)));
    await operator.at.clock.advance(1000);
  }
  const border = String(times[2]);
  await operator.replay({ since: String(times[0]), until: border });
  await operator.replay({ since: border, until: String(operator.at.nowS()) });
  assert.deepEqual(operator.replayed().sort(), idsOf(bodies).sort());
});

test('a replay by outcome that is killed and repeated goes on with the rest', async () => {
  const operator = new Operator();
  const { connector } = operator.at;
  const publish = connector.publisher.publish.bind(connector.publisher);
  Object.assign(connector.publisher, { publish: () => Promise.reject(new Error('Pub/Sub is down')) });
  const bodies = Array.from({ length: 9 }, (_, n) => snapshotEvent(operator.at.change(n)));
  for (const body of bodies) {
    operator.at.list(undefined, body);
    await assert.rejects(operator.at.publish(body));
  }
  Object.assign(connector.publisher, { publish });
  let calls = 0;
  operator.before = (method) => {
    if (method === 'events.replay' && (calls += 1) > 4) throw new Error('killed');
    return Promise.resolve();
  };
  const { failed } = await operator.replay({ outcome: 'failed' });
  assert.equal(failed, true);
  operator.before = () => Promise.resolve();
  await operator.replay({ outcome: 'failed' });
  assert.deepEqual(operator.replayed().sort(), idsOf(bodies).sort());
  assert.deepEqual((await operator.replay({ outcome: 'failed' })).text, 'nothing to replay');
});

test('a replay of a period leaves out what the settings do not select, unless its outcome is named', async () => {
  const operator = new Operator();
  const [body] = await operator.arrive(1, 1);
  const [other] = await operator.arrive(2, 1, { type: 'invoice.updated' });
  const [foreign] = await operator.arrive(3, 1, { account: 'acct_foreign' });
  const { failed, text } = await operator.replay({ since: '0' });
  assert.deepEqual([failed, operator.replayed()], [false, [body?.id]], text);
  for (const outcome of ['ignored_type', 'ignored_account']) {
    const named = await operator.replay({ outcome });
    assert.equal(named.failed, true);
    assert.match(named.text, /that the settings do not select/);
    assert.match(named.text, new RegExp(outcome === 'ignored_type' ? `${other?.id}` : `${foreign?.id}`));
  }
  assert.deepEqual(operator.replayed(), [body?.id]);
});

test('a replay of more events than one command takes replays none of them', async () => {
  const operator = new Operator();
  const [body] = await operator.arrive(1, 1);
  const entry = (await operator.at.connector.inbox.read(body?.id ?? '')).entry;
  const { inbox } = operator.at.connector;
  Object.assign(inbox, {
    query: (_: object, max: number) =>
      Promise.resolve(Array.from({ length: max }, (__, n) => ({ ...entry, id: `evt_${n}` }))),
  });
  await assert.rejects(operator.replay({ type: 'customer.updated' }), /more than 100000 events match/);
  assert.deepEqual(operator.replayed(), []);
});
