/**
 * A DELETE of API v1 whose path names another object by the time of a repeat: the repeat deletes nothing newer.
 * https://docs.stripe.com/api/idempotent_requests (a DELETE takes no key), https://docs.stripe.com/api/discounts/object
 * (`start`), https://docs.stripe.com/api/events/types (`customer.discount.deleted`).
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Action, Entity } from '../../shared/catalog/types.ts';
import { routesOf } from '../../shared/catalog/routes.ts';
import { deletesReusablePath } from '../../shared/stripe/reused-names.ts';
import { toConnectorError, type ConnectorError } from '../../shared/errors.ts';
import type { StripeTransport, StripeResult, StripeObject, StripeRequest } from '../../shared/stripe/transport.ts';
import { resolveOperation } from '../../shared/idempotency/resolve-operation.ts';
import { entityHandler, executeActionHandler } from '../../shared/http/operation-handlers.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { LOST, stripeFailure } from '../support/stripe-results.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const MISSING = stripeFailure(404, { type: 'invalid_request_error', code: 'resource_missing' });

/** What one path names at Stripe: each put there, and deleted, at a time. */
class NamedStripe implements StripeTransport {
  fate: 'ok' | 'lost before' | 'lost after' = 'ok';
  /** Of what is deleted, in order. */
  readonly deleted: string[] = [];
  readonly sent: string[] = [];
  stands: string | undefined;
  private since = 0;
  private readonly events: object[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly write: Write,
  ) {}

  ready(): Promise<void> {
    return Promise.resolve();
  }

  put(name: string): void {
    this.stands = name;
    this.since = this.seconds();
  }

  send({ method, path }: StripeRequest): Promise<StripeResult> {
    return Promise.resolve(method === 'GET' ? this.read(path) : this.remove());
  }

  private read(path: string): StripeResult {
    if (path === '/v1/events')
      return { ok: true, body: { object: 'list', data: [...this.events].reverse(), has_more: false } };
    return this.write.read(this.stands === undefined ? undefined : this.write.object(this.stands, this.since));
  }

  private remove(): StripeResult {
    const { fate, stands } = this;
    this.sent.push(stands ?? 'nothing');
    if (fate === 'lost before') return LOST;
    if (stands === undefined) return MISSING;
    const object = this.write.object(stands, this.since);
    this.stands = undefined;
    this.deleted.push(stands);
    this.events.push({ id: `evt_${this.sent.length}`, type: this.write.event, data: { object } });
    return fate === 'lost after' ? LOST : { ok: true, body: { ...object, deleted: true } };
  }

  private seconds(): number {
    return Math.floor(this.clock.epochMs() / 1000);
  }
}

interface Write {
  readonly name: string;
  readonly event: string;
  readonly object: (id: string, since: number) => StripeObject;
  readonly read: (object: StripeObject | undefined) => StripeResult;
  readonly run: (connector: TestConnector) => Promise<unknown>;
}

const terms = { operationId: 'op', deadlineMs: 50_000 };
const action = (name: string, input: object) => (connector: TestConnector) =>
  executeActionHandler()
    .prepare(connector, { action: name, connectorInputPayload: input }, { ...terms, responseFlags: new Set() })
    .run();
const discountOf = (owners: object) => (id: string, start: number) => ({ id, object: 'discount', start, ...owners });

const WRITES: readonly Write[] = [
  {
    name: 'the discount of a customer',
    event: 'customer.discount.deleted',
    object: discountOf({ customer: 'cus_1234567', subscription: null }),
    read: (discount) => ({ ok: true, body: { id: 'cus_1234567', object: 'customer', discount: discount ?? null } }),
    run: action('DeleteCustomerDiscount', { CustomerId: 'cus_1234567' }),
  },
  {
    name: 'the discount of a subscription',
    event: 'customer.discount.deleted',
    object: discountOf({ customer: 'cus_1234567', subscription: 'sub_1234567' }),
    read: (discount) => ({
      ok: true,
      body: { id: 'sub_1234567', object: 'subscription', discounts: discount === undefined ? [] : [discount] },
    }),
    run: action('DeleteSubscriptionDiscount', { SubscriptionId: 'sub_1234567' }),
  },
  {
    name: 'a coupon with an id of its own',
    event: 'coupon.deleted',
    object: (name, created) => ({ id: 'GOLD', object: 'coupon', name, created }),
    read: (body) => (body === undefined ? MISSING : { ok: true, body }),
    run: (connector) =>
      entityHandler('Delete')
        .prepare(connector, { entity: 'Coupon', entityId: 'GOLD' }, { ...terms, responseFlags: new Set() })
        .run(),
  },
];

for (const write of WRITES) {
  /** A call in a world where `first` has stood for an hour. */
  const setUp = async (): Promise<{
    clock: VirtualClock;
    stripe: NamedStripe;
    connector: TestConnector;
    call: () => Promise<ConnectorError | 'done'>;
  }> => {
    const clock = new VirtualClock();
    const stripe = new NamedStripe(clock, write);
    const connector = testConnector({ clock, stripe, settings: { min_nodes: 50 } });
    stripe.put('first');
    await clock.advance(3_600_000);
    const call = (): Promise<ConnectorError | 'done'> =>
      inVirtualTime(
        clock,
        write.run(connector).then(() => 'done' as const, toConnectorError),
      );
    return { clock, stripe, connector, call };
  };

  test(`${write.name}: a delete whose response is lost is found in the events, within the call`, async () => {
    const { stripe, call } = await setUp();
    stripe.fate = 'lost after';
    assert.equal(await call(), 'done');
    assert.deepEqual([stripe.sent, stripe.deleted], [['first'], ['first']]);
  });

  test(`${write.name}: a lost request is repeated as long as the same object is there`, async () => {
    const { stripe, call } = await setUp();
    stripe.fate = 'lost before';
    const error = await call();
    assert.ok(error !== 'done');
    assert.deepEqual([error.effect, stripe.sent], ['unknown', ['first']]);
    stripe.fate = 'ok';
    assert.equal(await call(), 'done');
    assert.deepEqual(stripe.deleted, ['first']);
  });

  for (const between of [undefined, 'newer'])
    test(`${write.name}: with ${between ?? 'nothing'} there now, the repeat deletes nothing`, async () => {
      const { clock, stripe, connector, call } = await setUp();
      stripe.fate = 'lost before';
      await call();
      stripe.fate = 'ok';
      await clock.advance(60_000);
      stripe.stands = undefined;
      if (between !== undefined) stripe.put(between);
      const error = await call();
      assert.ok(error !== 'done');
      assert.deepEqual([error.effect, error.details.reason], ['unknown', 'DELETE_UNSETTLED']);
      assert.deepEqual(stripe.deleted, []);
      // The way out: an operator's word.
      const { operations } = connector.deps;
      await resolveOperation(operations, 'op', { effect: 'done', reason: 'looked', by: 'ada', objectId: 'x' }, 1e15);
      const settled = await call();
      assert.equal(settled === 'done' ? settled : settled.effect, 'done');
      assert.deepEqual([stripe.sent, stripe.deleted], [['first'], []]);
    });

  test(`${write.name}: a repeat finds the deletion, although a newer object is there`, async () => {
    const { stripe, connector, call } = await setUp();
    stripe.fate = 'lost after';
    const { operations } = connector.deps;
    await call();
    // As after a worker that ended before it could look.
    await operations.update('op', (record) =>
      record === undefined
        ? { result: undefined }
        : { result: undefined, record: { ...record, state: 'indeterminate', outcome: '' } },
    );
    stripe.fate = 'ok';
    stripe.put('newer');
    assert.equal(await call(), 'done');
    assert.deepEqual(stripe.deleted, ['first']);
  });
}

// The table in reused-names.ts is held to the catalog.
test('knows exactly the DELETEs of API v1 whose id Stripe did not create', () => {
  const read = <T>(folder: string): T[] =>
    readdirSync(`shared/catalog/${folder}`)
      .filter((name) => name.endsWith('.json') && name !== 'index.json')
      .map((name) => JSON.parse(readFileSync(`shared/catalog/${folder}/${name}`, 'utf8')) as T);
  const deletes = [
    ...read<Entity>('entities').flatMap(({ operations: { Delete, Create } }) =>
      (Delete === undefined ? [] : routesOf(Delete)).map(({ path }) => ({
        path,
        chosen: path.endsWith('{id}') && Create?.params['id'] !== undefined,
      })),
    ),
    ...read<Action>('actions').flatMap(({ method, path }) => (method === 'DELETE' ? [{ path, chosen: false }] : [])),
  ].filter(({ path }) => path.startsWith('/v1/'));
  assert.ok(deletes.length > 20);
  for (const { path, chosen } of deletes) {
    const filled = path.replace(/\{\w+\}/g, 'x_1');
    assert.equal(deletesReusablePath({ method: 'DELETE', path: filled }), chosen || !path.endsWith('}'), path);
  }
});
