/**
 * The write policy over the whole catalog: an amount over the bound in every input that is money, in every write, with
 * factors, decimals and every form of currency, and none is stripe.sent.length; what is no money passes. The inputs are walked by the
 * catalog's shapes, not by what the policy itself found.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inputsOf, isNumeric, type WriteInput } from '../../shared/catalog/generate/write-inputs.ts';
import { NUMERIC_INPUTS, type Meaning } from '../../shared/catalog/money/money-inputs.ts';
import { SIGNED_AMOUNTS } from '../../shared/catalog/field-meaning.ts';
import { routesOf } from '../../shared/catalog/routes.ts';
import type { Fields, Route } from '../../shared/catalog/types.ts';
import { findBySuffix } from '../../shared/catalog/money/write-facts.ts';
import { WRITE_RULES } from '../../shared/catalog/money/write-rules.ts';
import { executeAction } from '../../shared/operations/actions.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import type { OperationResult, ConnectorDeps } from '../../shared/operations/connector.ts';
import { PolicyLookup } from '../../shared/stripe/write-policy/policy-table.ts';
import type { WritePolicy } from '../../shared/stripe/write-policy/enforce.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { isGreater, magnitude, plus, times } from '../../shared/stripe/write-policy/exact-decimal.ts';
import { create, remove, update } from '../../shared/operations/entities.ts';
import { actionFields, actionIds } from '../../shared/operations/request/action-request.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { testConnector } from '../support/connector.ts';
import { plantedInput, type Planted } from '../support/planted-request.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { CATALOG } from '../support/connector-deps.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';

const SEED = Number(process.env['SEED'] ?? 20261126);
const RUNS = sized(2_000, 200_000);
const clock = new VirtualClock();
const stripe = fakeStripe(() => ({ id: 'one_1' }));

/** Currencies that the catalog itself names: keys of `tipping`, values of enumerations. */
const CURRENCIES = [
  ...['usd', 'aed', 'aud', 'cad', 'chf', 'czk', 'dkk', 'eur', 'gbp', 'gip', 'hkd', 'huf', 'jpy', 'mxn', 'myr', 'nok'],
  ...['nzd', 'pln', 'ron', 'sek', 'sgd'],
];
const AMOUNTS: WritePolicy['maxAmounts'] = Object.fromEntries(CURRENCIES.map((currency) => [currency, 1000]));
const bounded = testConnector({ clock, stripe, policy: { maxAmounts: AMOUNTS } }).deps;
const dollars = testConnector({ clock, stripe, policy: { allowedCurrencies: ['usd'] } }).deps;

/** One way to write: an operation's route, or an action. */
interface Way {
  readonly name: string;
  readonly route: Pick<Route, 'path' | 'params'>;
  readonly run: (deps: ConnectorDeps, input: Record<string, unknown>, call: CallContext) => Promise<OperationResult>;
}

const target = { entityId: 'one_1', maxAffected: 1, explain: false };
const WAYS: readonly Way[] = [
  ...CATALOG.names().flatMap((name) => {
    const { Create, Update, Delete } = CATALOG.entity(name).operations;
    const to = (path: string): typeof target | Omit<typeof target, 'entityId'> =>
      path.includes('{id}') ? target : { maxAffected: 1, explain: false };
    return [
      ...(Create === undefined ? [] : routesOf(Create)).map((route): Way => ({
        name: `${name}.Create`,
        route,
        run: (deps, input, call) => create(deps, name, input, call),
      })),
      ...(Update === undefined ? [] : routesOf(Update)).map((route): Way => ({
        name: `${name}.Update`,
        route,
        run: (deps, input, call) => update(deps, name, to(route.path), input, call),
      })),
      ...(Delete === undefined ? [] : routesOf(Delete)).map((route): Way => ({
        name: `${name}.Delete`,
        route,
        run: (deps, input, call) => remove(deps, name, to(route.path), input, call),
      })),
    ];
  }),
  ...CATALOG.actionNames().flatMap((name): Way[] => {
    const row = CATALOG.action(name);
    if (row === undefined || row.method === 'GET') return [];
    const ids = Object.fromEntries(actionIds(row).map(({ input }) => [input, 'one_1']));
    const route = { path: '', params: withoutNamed(actionFields(row)) };
    return [
      {
        name,
        route,
        run: (deps, input, call) => executeAction(deps, name, { ...ids, ...named(actionFields(row)), ...input }, call),
      },
    ];
  }),
];

/** Named inputs of an action are in PascalCase already. */
function named(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.keys(fields).flatMap((name) => (/^[A-Z]/.test(name) ? [[name, 'one_1']] : [])));
}
function withoutNamed(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !/^[A-Z]/.test(name)));
}

/** `shown`: a dry run passed, so the request would be stripe.sent.length; else the reason of the error. */
async function fate(
  way: Way,
  planted: readonly Planted[],
  { dryRun = true, key = 'usd', parts: deps = bounded } = {},
): Promise<string> {
  const call = callContext(clock, { name: way.name, outputFormat: 'connector', dryRun });
  try {
    await way.run(deps, plantedInput(way.route, planted, key), call);
    return 'shown';
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return error.details.reason;
  }
}

interface Place {
  readonly way: Way;
  readonly input: WriteInput;
  readonly meaning: Meaning | undefined;
}

const NUMBERS: readonly Place[] = WAYS.flatMap((way) =>
  inputsOf({ params: [way.route.params] })
    .filter(isNumeric)
    .map((input) => ({ way, input, meaning: findBySuffix(NUMERIC_INPUTS, input.path) })),
);
const MONEY = NUMBERS.filter(({ meaning }) => meaning === 'money' || meaning === 'unit');

const isDecimal = ({ shape }: WriteInput): boolean => shape === 'decimal';
const at = ({ way, input }: Place): string => `${way.name} ${input.path.join('.')}`;

/** Paths of the quantities next to an amount or around it. */
function factorsOf({ way, input }: Place): readonly WriteInput[] {
  const isNear = (name: string, path: readonly string[]): boolean =>
    path.at(-1) === name &&
    input.path.length >= path.length &&
    path.slice(0, -1).every((one, n) => input.path[n] === one);
  return inputsOf({ params: [way.route.params] }).filter(
    ({ path, shape }) => shape !== 'string' && ['quantity', 'quantity_decimal'].some((name) => isNear(name, path)),
  );
}

void test(`no input of any write sends an amount over the bound: ${MONEY.length} inputs`, async () => {
  assert.ok(MONEY.length > 450, `${MONEY.length}`);
  for (const place of MONEY) {
    const { way, input } = place;
    for (const value of isDecimal(input) ? ['1001', '1000.000000000001', '99999999'] : [1001, 99_999_999])
      for (const dryRun of [true, false])
        assert.equal(await fate(way, [{ path: input.path, value }], { dryRun }), 'AMOUNT_NOT_ALLOWED', at(place));
    const credit = await fate(way, [{ path: input.path, value: isDecimal(input) ? '-1001' : -1001 }], {
      dryRun: false,
    });
    const owner = way.name.replace(/\.(Create|Update)$/, '');
    const signed = SIGNED_AMOUNTS.has([owner, ...input.path].join('.'));
    assert.ok(credit === 'AMOUNT_NOT_ALLOWED' || (!signed && credit === 'INVALID_INPUT'), `${at(place)}: ${credit}`);
  }
  assert.equal(stripe.sent.length, 0);
});

void test('an amount within the bound passes, or the write needs allow_unbounded', async () => {
  for (const place of MONEY) {
    const value = isDecimal(place.input) ? '1000.000000000000' : 1000;
    const seen = await fate(place.way, [{ path: place.input.path, value }]);
    assert.ok(['shown', 'AMOUNT_NOT_BOUNDED'].includes(seen), `${at(place)}: ${seen}`);
  }
});

void test('a price is multiplied by every quantity next to it or around it', async () => {
  let factors = 0;
  for (const place of MONEY.filter(({ meaning }) => meaning === 'unit'))
    for (const factor of factorsOf(place)) {
      factors += 1;
      const planted = (amount: number, quantity: number): Planted[] => [
        { path: place.input.path, value: isDecimal(place.input) ? String(amount) : amount },
        { path: factor.path, value: isDecimal(factor) ? String(quantity) : quantity },
      ];
      for (const [amount, quantity] of [
        [1000, 100_000],
        [501, 2],
        [1, 1001],
      ] as const)
        assert.equal(
          await fate(place.way, planted(amount, quantity), { dryRun: false }),
          'AMOUNT_NOT_ALLOWED',
          at(place),
        );
      const within = await fate(place.way, planted(500, 2));
      assert.ok(['shown', 'AMOUNT_NOT_BOUNDED'].includes(within), `${at(place)}: ${within}`);
    }
  assert.ok(factors > 50, `${factors}`);
  assert.equal(stripe.sent.length, 0);
});

void test('values that are not money have no bound', async () => {
  for (const place of NUMBERS.filter(({ meaning }) => meaning === 'none' || meaning === 'quantity')) {
    const seen = await fate(place.way, [{ path: place.input.path, value: isDecimal(place.input) ? '2000' : 2000 }]);
    // A quantity multiplies the price that the request must name: 1 by its shape.
    if (place.meaning === 'none') assert.notEqual(seen, 'AMOUNT_NOT_ALLOWED', at(place));
  }
});

void test('rejects a currency that is not allowed in any form', async () => {
  let [forms, keys] = [0, 0];
  for (const way of WAYS)
    for (const { path, shape } of inputsOf({ params: [way.route.params] })) {
      const name = path.at(-1) ?? '';
      if (typeof shape === 'object' && 'map' in shape && !/metadata|payload/.test(name)) {
        keys += 1;
        const [leaf] = inputsOf({ params: [way.route.params] }).filter(
          (one) => one.path.length > path.length && path.every((step, n) => one.path[n] === step),
        );
        const planted = [{ path: leaf?.path ?? path, value: leaf === undefined ? 1 : plantable(leaf) }];
        assert.equal(
          await fate(way, planted, { key: 'eur', dryRun: false, parts: dollars }),
          'CURRENCY_NOT_ALLOWED',
          `${way.name} ${path.join('.')}`,
        );
      }
      if (!/currenc(y|ies)$/.test(name) || /_(by|for)_currency$/.test(name)) continue;
      const values =
        typeof shape === 'object' && 'enum' in shape ? shape.enum.filter((one) => one !== 'usd') : ['eur', 'EUR'];
      for (const value of values) {
        forms += 1;
        assert.equal(
          await fate(way, [{ path, value }], { dryRun: false, parts: dollars }),
          'CURRENCY_NOT_ALLOWED',
          `${way.name} ${path.join('.')}`,
        );
      }
    }
  assert.ok(forms > 200 && keys > 15, `${forms} ${keys}`);
  assert.equal(stripe.sent.length, 0);
});

function plantable({ shape }: WriteInput): unknown {
  if (shape === 'boolean') return true;
  if (shape === 'string') return 'x';
  if (typeof shape === 'object' && 'enum' in shape) return shape.enum[0];
  return shape === 'decimal' ? '1' : 1;
}

void test('read_only rejects every write, planned or sent', async () => {
  const { deps } = testConnector({ clock, stripe, policy: { readOnly: true } });
  for (const way of WAYS)
    for (const dryRun of [true, false])
      assert.equal(await fate(way, harmless(way.route.params), { dryRun, parts: deps }), 'READ_ONLY', way.name);
  assert.equal(stripe.sent.length, 0);
});

void test('metadata and the payload of meter events are never money', async () => {
  let places = 0;
  for (const way of WAYS)
    for (const { path, shape } of inputsOf({ params: [way.route.params] })) {
      if (typeof shape !== 'object' || !('map' in shape) || !/metadata$|payload/.test(path.at(-1) ?? '')) continue;
      places += 1;
      for (const key of ['amount', 'unit_amount', 'currency', 'price', 'eur']) {
        const seen = await fate(way, [{ path, value: '99999999' }], { key });
        assert.ok(['shown', 'AMOUNT_NOT_BOUNDED'].includes(seen), `${way.name} ${path.join('.')}.${key}: ${seen}`);
      }
    }
  assert.ok(places > 100, `${places}`);
});

/** Numbers whose names sound like money, each with what it is. */
const SOUNDS_LIKE_MONEY: Readonly<Record<string, string>> = {
  'delivery_estimate.maximum.value': 'days of a delivery',
  'delivery_estimate.minimum.value': 'days of a delivery',
  'transfer_data.amount_percent': 'a share of an amount that is bounded',
  application_fee_percent: 'a share of an amount that is bounded',
};

void test('a number whose name means money is money', () => {
  const words = /amount|balance|cost|credit|fee(_|$)|limit_|price|preset|threshold_amount|total|(^|_)tax$|(^|_)value$/;
  for (const place of NUMBERS.filter(({ input }) => words.test(input.path.at(-1) ?? ''))) {
    const dotted = place.input.path.join('.');
    const known = Object.keys(SOUNDS_LIKE_MONEY).some((one) => `.${dotted}`.endsWith(`.${one}`));
    assert.equal(place.meaning === 'money' || place.meaning === 'unit', !known, at(place));
  }
});

/** An Update must say something: a text that moves no money. */
function harmless(params: Fields): Planted[] {
  const [text] = inputsOf({ params: [params] }).filter(
    ({ path, shape }) =>
      shape === 'string' && !/currenc|price|plan|shipping_rate|trial|invoice_item/.test(path.join('.')),
  );
  return text === undefined ? [] : [{ path: text.path, value: 'x' }];
}

void test(`each of ${WAYS.length} ways to write follows its rule`, async () => {
  const facts = new PolicyLookup(CATALOG.policyTable());
  const seen = { none: 0, fields: 0, never: 0 };
  for (const way of WAYS) {
    const rule = WRITE_RULES.find(({ writes }) => writes.includes(way.name));
    assert.ok(rule, way.name);
    seen[rule.bounds] += 1;
    const named = testConnector({ clock, stripe, policy: { maxAmounts: AMOUNTS, allowUnbounded: [way.name] } }).deps;
    const some = way.name.endsWith('.Update') ? harmless(way.route.params) : [];
    const call = callContext(clock, { name: way.name, outputFormat: 'connector', dryRun: true });
    const { body } = await way.run(named, plantedInput(way.route, some), call);
    const [request] = body['requests'] as StripeRequest[];
    assert.ok(request);
    assert.ok(facts.writeOf(request)?.names.includes(way.name), `${way.name}: ${request.path}`);
    // The catalog requires it, and of an object a number within it.
    const numbered = /"(amount|value)":\d/.test(JSON.stringify(request));
    const required = numbered && (rule.needs ?? []).some((name) => way.route.params[name]?.required);
    // Prices by their ids, and quantities of such prices.
    const elsewhere = /"(price|shipping_rate|quantity)":/.test(JSON.stringify(request));
    if (rule.bounds === 'never' || rule.closed !== undefined || (rule.needs !== undefined && !required))
      assert.equal(await fate(way, some), 'AMOUNT_NOT_BOUNDED', way.name);
    else if (rule.bounds === 'none' || !elsewhere)
      assert.equal(await fate(way, some), 'shown', `${way.name}: ${JSON.stringify(request)}`);
  }
  assert.ok(seen.none > 200 && seen.fields > 70 && seen.never > 12, JSON.stringify(seen));
});

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => {
    const digits = String(units).padStart(scale + 1, '0');
    return { units, scale, text: scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}` };
  });

void test(`decimals are multiplied, added and compared without rounding: ${RUNS} triples, seed ${SEED}`, () => {
  const whole = ({ units, scale }: { units: bigint; scale: number }): bigint => units * 10n ** BigInt(36 - scale);
  fc.assert(
    fc.property(decimal, decimal, decimal, (a, b, c) => {
      const [x, y, z] = [a, b, c].map(({ text }) => magnitude(text));
      assert.ok(x && y && z);
      assert.equal(whole(times(x, y)), (whole(a) * whole(b)) / 10n ** 36n);
      assert.equal(whole(plus(x, y)), whole(a) + whole(b));
      assert.equal(
        isGreater(times(x, y), z),
        a.units * b.units * 10n ** BigInt(24 - a.scale - b.scale + 12) > c.units * 10n ** BigInt(36 - c.scale),
      );
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
