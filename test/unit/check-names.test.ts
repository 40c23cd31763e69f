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
  };
  assert.deepEqual(findings(settings), { unknown: [], warnings: [] });
  assert.deepEqual(checkCatalogNames('{', catalog), { unknown: [], warnings: [] });
});
