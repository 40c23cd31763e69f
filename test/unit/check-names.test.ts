/** What `stripe-connector check` says of names in the settings that the catalog does not have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { checkCatalogNames } from '../../shared/cli/check-names.ts';

const catalog = catalogFiles('shared/catalog');
const NAMED = { name: 'shop', region: 'europe-west1' };
const findings = (settings: object) => checkCatalogNames(JSON.stringify({ ...NAMED, ...settings }), catalog);

const PROBLEMS: readonly (readonly [settings: object, problem: string])[] = [
  [{ operations_allowlist: ['Lst'] }, 'operations_allowlist[0]: no operation or action Lst; did you mean List?'],
  [
    { operations_allowlist: ['List', 'Refund.Creat'] },
    'operations_allowlist[1]: no operation or action Refund.Creat; did you mean Refund.Create?',
  ],
  [
    { automation_allowlist: ['PayInvoce'] },
    'automation_allowlist[0]: no operation or action PayInvoce; did you mean PayInvoice?',
  ],
  [
    { tools_allowlist: ['refund_create'] },
    'tools_allowlist[0]: no operation or action refund_create; did you mean Refund.Create?',
  ],
  [{ allow_unbounded: ['Balance.Delete'] }, 'allow_unbounded[0]: no operation or action Balance.Delete'],
];
for (const [settings, problem] of PROBLEMS)
  test(problem, () => {
    const shown = findings(settings).unknown.map(({ field, description }) => `${field}: ${description}`);
    assert.equal(shown.length, 1);
    assert.ok(shown[0]?.startsWith(problem), shown[0]);
  });

const EVENTS = {
  events_topic: 'projects/shop-prod/topics/stripe-events',
  webhook_secrets: ['projects/shop-prod/secrets/hook/versions/1'],
};
const WARNINGS: readonly (readonly [settings: object, warning: RegExp])[] = [
  [{ allowed_currencies: ['euro'] }, /^allowed_currencies: euro is not an ISO 4217 currency; did you mean eur\?$/],
  [{ max_amounts: { xqz: 5 } }, /^max_amounts: xqz is not an ISO 4217 currency/],
  [{ allowed_currencies: ['usd'], max_amounts: { eur: 5 } }, /^max_amounts: eur is not in allowed_currencies/],
  [
    { event_types: ['invoice.payed'] },
    /^event_types: invoice\.payed is not an event of Stripe; did you mean invoice\.paid\?$/,
  ],
  // https://docs.stripe.com/rate-limits
  [{ endpoint_ceiling: 90 }, /^endpoint_ceiling is 90: Stripe allows 25 unless it raised it for you$/],
  [{ suspended: true }, /^suspended is true: every call is rejected$/],
  [{ read_only: true, max_amounts: { usd: 5 } }, /^max_amounts has no effect: read_only rejects every write$/],
  [{ read_only: true, allowed_currencies: ['usd'] }, /^allowed_currencies has no effect/],
  [
    { read_only: true, operations_allowlist: ['Get', 'Customer.Create'], automation_allowlist: ['PayInvoice', 'List'] },
    /^read_only rejects what the allowlists name: Customer\.Create, PayInvoice$/,
  ],
  [{ allow_unbounded: ['PayInvoice'] }, /^allow_unbounded has no effect without max_amounts$/],
  [{ limit_scope: 'connection', min_nodes: 5 }, /^min_nodes has no effect: limit_scope connection is 6/],
  [{ min_nodes: 20 }, /^min_nodes 20 is 120 requests a second: account_ceiling allows 100$/],
  [{ min_nodes: 10, account_ceiling: 50 }, /^min_nodes 10 is 60 requests a second: account_ceiling allows 50$/],
  // https://docs.stripe.com/webhooks
  [{ ...EVENTS, webhook_url: 'http://shop.example.com/e' }, /^webhook_url is http:\/\/: Stripe sends live events over/],
  [{ ...EVENTS, webhook_url: 'https://10.0.0.7/e' }, /^webhook_url: Stripe cannot reach 10\.0\.0\.7$/],
  [
    { ...EVENTS, webhook_url: 'https://stripe.corp.internal/' },
    /^webhook_url: Stripe cannot reach stripe\.corp\.internal$/,
  ],
  [{ webhook_url: 'https://shop.example.com/e' }, /^webhook_url without events_topic/],
  [{ events_topic: EVENTS.events_topic }, /^events_topic without webhook_secrets/],
  [{ automation_topic: EVENTS.events_topic }, /^automation_topic without dead_letter_topic/],
];
for (const [settings, warning] of WARNINGS)
  test(String(warning), () => {
    const { unknown, warnings } = findings(settings);
    assert.deepEqual([unknown.length, warnings.length], [0, 1], warnings.join('\n'));
    assert.match(warnings[0] ?? '', warning);
  });

test('names that exist have no finding, and text that is not JSON has none either', () => {
  const settings = {
    operations_allowlist: ['*', 'Get', 'Customer.Create', 'ConfirmPaymentIntent'],
    allowed_currencies: ['usd', 'jpy'],
    max_amounts: { usd: 5000 },
    event_types: ['invoice.paid', 'invoice.*', 'v2.core.event_destination.ping'],
    ...EVENTS,
    webhook_url: 'https://stripe-events-abc.run.app',
    min_nodes: 16,
    allow_unbounded: ['PayInvoice'],
  };
  const reads = {
    read_only: true,
    operations_allowlist: ['Get', 'List', '*'],
    limit_scope: 'connection',
    min_nodes: 2,
  };
  assert.deepEqual(findings(reads).warnings, []);
  assert.deepEqual(findings(settings), { unknown: [], warnings: [] });
  assert.deepEqual(checkCatalogNames('{', catalog), { unknown: [], warnings: [] });
});
