/** New objects start in the documented state: the generic store makes none up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { INITIAL_STATES } from '../../shared/sandbox/states/initial-states.ts';
import type { Field } from '../../shared/catalog/types.ts';
import { documented, ownSandbox } from './documented.ts';

const double = ownSandbox();

/** Page, path, form, and the fields that the new object must have. */
const NEW: readonly (readonly [page: string, path: string, form: string, fields: Readonly<Record<string, unknown>>])[] =
  [
    ['/api/products/create', '/v1/products', 'name=x', { active: true, type: 'service', images: [], livemode: false }],
    ['/api/products/create', '/v1/products', 'name=x&active=false', { active: false }],
    [
      '/api/plans/create',
      '/v1/plans',
      'currency=usd&interval=month&amount=100&product[name]=x',
      { active: true, interval_count: 1, usage_type: 'licensed' },
    ],
    [
      '/api/tax_rates/create',
      '/v1/tax_rates',
      'display_name=VAT&inclusive=false&percentage=20',
      { active: true, inclusive: false },
    ],
    [
      '/api/shipping_rates/create',
      '/v1/shipping_rates',
      'display_name=x&type=fixed_amount&fixed_amount[amount]=500&fixed_amount[currency]=usd',
      { active: true, type: 'fixed_amount', tax_behavior: 'unspecified' },
    ],
    [
      '/api/billing/meter/create',
      '/v1/billing/meters',
      'display_name=x&event_name=x&default_aggregation[formula]=sum',
      { status: 'active' },
    ],
    [
      '/api/billing/credit-grant/create',
      '/v1/billing/credit_grants',
      'category=paid&customer=CUSTOMER&amount[type]=monetary&amount[monetary][value]=100&amount[monetary][currency]=usd&applicability_config[scope][price_type]=metered',
      { priority: 50, category: 'paid', voided_at: null },
    ],
    ['/api/entitlements/feature/create', '/v1/entitlements/features', 'name=x&lookup_key=x', { active: true }],
    ['/api/radar/value_lists/create', '/v1/radar/value_lists', 'alias=x&name=x', { item_type: 'string' }],
    [
      '/api/identity/verification_sessions/create',
      '/v1/identity/verification_sessions',
      'type=document',
      { status: 'requires_input', type: 'document' },
    ],
    ['/api/payment_method_domains/create', '/v1/payment_method_domains', 'domain_name=example.com', { enabled: true }],
    [
      '/api/customer_portal/configurations/create',
      '/v1/billing_portal/configurations',
      'features[invoice_history][enabled]=true',
      { active: true, is_default: false },
    ],
    [
      '/api/test_clocks/create',
      '/v1/test_helpers/test_clocks',
      'frozen_time=1767225600',
      { status: 'ready', frozen_time: 1767225600 },
    ],
    [
      '/api/issuing/cardholders/create',
      '/v1/issuing/cardholders',
      'name=x&billing[address][line1]=x&billing[address][city]=x&billing[address][country]=US&billing[address][postal_code]=1',
      { status: 'active', type: 'individual' },
    ],
    ['/api/climate/order/create', '/v1/climate/orders', 'product=climsku_x&metric_tons=1', { status: 'open' }],
    [
      '/api/reporting/report_run/create',
      '/v1/reporting/report_runs',
      'report_type=balance.summary.1',
      { status: 'pending' },
    ],
    [
      '/api/payment-link/create',
      '/v1/payment_links',
      'line_items[0][price]=PRICE&line_items[0][quantity]=1',
      { active: true, billing_address_collection: 'auto', submit_type: 'auto' },
    ],
  ];

for (const [page, path, form, fields] of NEW)
  documented(page, `a new object of ${path} (${form.slice(0, 40)}) has ${JSON.stringify(fields)}`, async () => {
    const { raw } = double();
    const price = form.includes('PRICE')
      ? await raw('POST', '/v1/prices', 'currency=usd&unit_amount=100&product_data[name]=x')
      : undefined;
    const customer = form.includes('CUSTOMER') ? await raw('POST', '/v1/customers', 'name=x') : undefined;
    const sent = form.replace('PRICE', String(price?.body['id'])).replace('CUSTOMER', String(customer?.body['id']));
    const { status, body } = await raw('POST', path, sent);
    assert.equal(status, 200, JSON.stringify(body));
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(body[name], value, name);
  });

for (const [page, path, form, verb, before, after] of [
  [
    '/api/billing/meter/deactivate',
    '/v1/billing/meters',
    'display_name=x&event_name=y&default_aggregation[formula]=sum',
    'deactivate',
    'active',
    'inactive',
  ],
  [
    '/api/identity/verification_sessions/cancel',
    '/v1/identity/verification_sessions',
    'type=document',
    'cancel',
    'requires_input',
    'canceled',
  ],
  ['/api/climate/order/cancel', '/v1/climate/orders', 'product=climsku_x&metric_tons=1', 'cancel', 'open', 'canceled'],
] as const)
  documented(page, `${verb} of ${path} moves ${before} to ${after}, once`, async () => {
    const { raw } = double();
    const { body } = await raw('POST', path, form);
    assert.equal(body['status'], before);
    const moved = await raw('POST', `${path}/${String(body['id'])}/${verb}`);
    assert.equal(moved.body['status'], after);
    assert.equal((await raw('POST', `${path}/${String(body['id'])}/${verb}`)).status, 400);
  });

const catalog = catalogFiles('shared/catalog');

/** Enumerations of several values that every answer has, of entities that can be created. */
function statesOf(entity: string): string[] {
  const { operations, fields } = catalog.entity(entity);
  if (operations.Create === undefined) return [];
  const required = operations.Create.params;
  const isState = ([name, field]: [string, Field]): boolean =>
    typeof field.type === 'object' &&
    'enum' in field.type &&
    field.type.enum.length > 1 &&
    field.nullable !== true &&
    field.optional !== true &&
    required[name]?.required !== true;
  return Object.entries(fields)
    .filter(isState)
    .map(([name]) => name);
}

/** Fields that follow from what was sent, or for which no page documents a first value: they are null. */
const WORKED_OUT: Readonly<Record<string, readonly string[]>> = {
  'Apps.Install': ['channel'],
  CustomerSource: ['object'],
  ExternalAccount: ['object'],
  'Identity.VerificationSession': ['type'],
  'Issuing.Card': ['type'],
  PaymentMethod: ['type'],
  'Radar.PaymentEvaluation': ['recommended_action'],
  Source: ['type'],
  'ThreeDSecure.Authentication': ['directory_server'],
  'Treasury.CreditReversal': ['network'],
  'Treasury.DebitReversal': ['network'],
  'V2.MoneyManagement.RecipientVerification': ['verification_type'],
};

test('each state that every answer has starts with a documented value', () => {
  const missing = catalog.names().flatMap((entity) => {
    const initial = INITIAL_STATES[entity];
    const known =
      typeof initial === 'function'
        ? initial({ params: {}, now: 0 } as unknown as Parameters<typeof initial>[0])
        : (initial ?? {});
    return statesOf(entity)
      .filter((name) => !Object.hasOwn(known, name) && WORKED_OUT[entity]?.includes(name) !== true)
      .map((name) => `${entity}.${name}`);
  });
  assert.deepEqual(missing, []);
});

test('each initial state is one of the values that Stripe documents', () => {
  for (const [entity, initial] of Object.entries(INITIAL_STATES)) {
    const { fields } = catalog.entity(entity);
    const known =
      typeof initial === 'function'
        ? initial({ params: {}, now: 0 } as unknown as Parameters<typeof initial>[0])
        : initial;
    for (const [name, value] of Object.entries(known)) {
      const type = fields[name]?.type;
      assert.ok(type !== undefined, `${entity}.${name}`);
      if (typeof type === 'object' && 'enum' in type)
        assert.ok(type.enum.includes(value as string), `${entity}.${name}`);
    }
  }
});
