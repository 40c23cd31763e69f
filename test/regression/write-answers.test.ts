/**
 * A 2xx to a write is a success where its body can be Stripe's: whatever the catalog says that Stripe answers, and
 * nothing that a gateway makes up. https://docs.stripe.com/api (each object's `object`; `deleted` of what is deleted).
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseResponse, RawResponse } from '../../shared/adapters/stripe/response.ts';
import { isAnswerTo } from '../../shared/adapters/stripe/write-responses.ts';
import { routesOf } from '../../shared/catalog/routes.ts';
import type { Action, Entity } from '../../shared/catalog/types.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';

type Asked = Pick<StripeRequest, 'method' | 'path'>;
const post = (path: string): Asked => ({ method: 'POST', path });
const remove = (path: string): Asked => ({ method: 'DELETE', path });

const FOREIGN: readonly (readonly [Asked, object])[] = [
  [post('/v1/customers'), { id: 'job-1' }],
  [post('/v1/customers'), { id: '7f3', status: 'queued' }],
  [post('/v1/customers'), { data: [] }],
  [post('/v1/customers'), { object: 'list', data: [], has_more: false, url: '/v1/customers' }],
  [post('/v1/customers'), { id: 'cus_1', object: 7 }],
  [post('/v1/customers'), { id: 'x', object: 'login' }],
  [post('/v1/customers/cus_1'), { id: 'pi_1', object: 'payment_intent' }],
  [post('/v1/customers/cus_1'), { deleted: false, id: 'cus_1' }],
  [post('/v1/customers'), { deleted: true }],
  // https://docs.stripe.com/api/customers/object: ids are texts.
  [post('/v1/customers'), { id: 5, object: 'customer' }],
  [post('/v1/customers'), { id: { a: 1 }, object: 'customer' }],
  [post('/v1/customers'), { id: '', object: 'customer' }],
  [post('/v1/payment_intents/pi_1/confirm'), { id: 'pi_1' }],
  [post('/v1/payment_intents/pi_1/confirm'), { object: 'list', data: [] }],
  [remove('/v1/customers/cus_1'), { id: 'cus_1', object: 'customer' }],
  [remove('/v1/customers/cus_1'), { object: 'list', data: [] }],
  [remove('/v1/customers/cus_1'), { id: 'x', object: 'login', deleted: true }],
  [remove('/v1/subscriptions/sub_1'), { id: 'sub_1' }],
  [post('/v2/core/event_destinations'), { data: [], next_page_url: null }],
];
const STRIPES: readonly (readonly [Asked, object])[] = [
  [remove('/v1/customers/cus_1'), { id: 'cus_1', object: 'customer', deleted: true }],
  [remove('/v1/customers/cus_1/discount'), { deleted: true }],
  [remove('/v1/customers/cus_1/sources/src_1'), { id: 'src_1', object: 'source', status: 'consumed' }],
  [remove('/v1/subscriptions/sub_1'), { id: 'sub_1', object: 'subscription', status: 'canceled' }],
  [remove('/v2/core/event_destinations/ed_1'), { id: 'ed_1' }],
  [post('/v1/terminal/readers/tmr_1'), { id: 'tmr_1', object: 'terminal.reader', deleted: true }],
  [post('/v1/account_links'), { object: 'account_link', url: 'https://connect.stripe.com/setup' }],
  [
    { method: 'GET', path: '/v1/customers' },
    { object: 'list', data: [] },
  ],
];
for (const [cases, ok] of [
  [FOREIGN, false],
  [STRIPES, true],
] as const)
  for (const [asked, body] of cases)
    test(`${asked.method} ${asked.path} with the response ${JSON.stringify(body)}: ${ok ? 'a success' : 'unknown'}`, () => {
      const answer = parseResponse(new RawResponse(200, { 'request-id': 'req_1' }, body, () => undefined), asked);
      assert.equal(answer.ok, ok);
      if (!answer.ok) assert.equal(answer.kind, 'lost');
    });

test('accepts every response to a write that the catalog describes', () => {
  const read = <T>(folder: string): T[] =>
    readdirSync(`shared/catalog/${folder}`)
      .filter((name) => name.endsWith('.json') && name !== 'index.json')
      .map((name) => JSON.parse(readFileSync(`shared/catalog/${folder}/${name}`, 'utf8')) as T);
  const entities = read<Entity>('entities');
  const kindOf = (name: string | null): string =>
    entities.find(({ entity }) => entity === name?.replace('TestHelpers.', ''))?.object ?? 'thing';
  let walked = 0;
  const taken = (asked: Asked, object: string, fields?: Entity['fields']): void => {
    const filled = { ...asked, path: asked.path.replace(/\{\w+\}/g, 'x_1') };
    const deleted = asked.method === 'DELETE' && (fields === undefined || fields['deleted'] !== undefined);
    assert.ok(isAnswerTo(filled, { id: 'x_1', object, ...(deleted ? { deleted } : {}) }), `${asked.path}: ${object}`);
    walked += 1;
  };
  for (const { operations, object, fields } of entities)
    for (const [operation, method] of [
      ['Create', 'POST'],
      ['Update', 'POST'],
      ['Delete', 'DELETE'],
    ] as const)
      for (const { path } of operations[operation] === undefined ? [] : routesOf(operations[operation]))
        taken({ method, path }, object ?? 'thing', fields);
  for (const { method, path, answer } of read<Action>('actions')) {
    const fields = entities.find(({ entity }) => entity === answer)?.fields;
    taken({ method, path }, kindOf(answer), fields);
  }
  assert.ok(walked > 250, String(walked));
});
