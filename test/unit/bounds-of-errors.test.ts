/** An error has a bounded size, whatever the caller wrote: 20 violations, 64 KB, names that are cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  truncate,
  MAX_NAME_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_SUGGESTIONS,
  MAX_VIOLATIONS,
  quoted,
} from '../../shared/bounds.ts';
import { joinedNames, MAX_COMPARED_LENGTH, nearest, resolvePascal } from '../../shared/catalog/names.ts';
import { OPERATIONS, type Fields } from '../../shared/catalog/types.ts';
import { toParams } from '../../shared/operations/request/params/params.ts';
import { ConnectorError, errorBody, invalidArgument } from '../../shared/errors.ts';
import { Violations } from '../../shared/field-violations.ts';
import { mapInChunks } from '../../shared/http/event-loop.ts';
import { parseBody } from '../../shared/http/body/request-bodies.ts';
import { thrownBy } from '../support/calls.ts';
import { catalog, rules, told, names } from './bounds-rules.ts';

test('work over the whole catalog yields to the event loop', async () => {
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const made = await mapInChunks([...Array(40).keys()], (one) => one * 2);
  over = true;
  assert.deepEqual(made.slice(0, 3).concat(made.length), [0, 2, 4, 40]);
  assert.ok(turns >= 9, `${turns}`);
});

test('a truncated text ends at a whole character and is marked', () => {
  assert.equal(truncate('short', 200), 'short');
  assert.equal(truncate('x'.repeat(201), 200), `${'x'.repeat(199)}…`);
  for (const before of [196, 197, 198, 199, 200]) {
    const text = truncate(`${'x'.repeat(before)}😀😀😀`, 200);
    assert.ok(text.length <= 200 && !/\p{Surrogate}/u.test(text) && text.endsWith('…'), text);
  }
});

test('redacts a secret that the truncation divides', () => {
  const secrets = ['sk_live_abcdefghijklmnop', '4242 4242 4242 4242', 'jane.doe@example.com', 'password="a long one"'];
  for (const secret of secrets)
    for (let before = MAX_NAME_LENGTH - secret.length; before <= MAX_NAME_LENGTH; before += 1) {
      const text = quoted(`${'.'.repeat(before - 1)} ${secret}${' .'.repeat(2000)}`);
      assert.ok(text.length <= MAX_NAME_LENGTH, text);
      for (const part of ['abcdef', '4242 4242', 'jane', 'a lon']) assert.ok(!text.includes(part), text);
    }
});

const twenty: [sentence: string, work: () => unknown][] = [
  ['unknown inputs', () => toParams(names(5000, 'PaymentMethodOptionx'), rules('PaymentIntent'))],
  ['inner unknown inputs', () => toParams({ Address: names(5000, 'citty') }, rules('Customer'))],
  ['wrong items', () => toParams({ PreferredLocales: Array(60_000).fill([]) }, rules('Customer'))],
  [
    'items that lack something',
    () => toParams({ Mode: 'payment', LineItems: Array(20_000).fill({ price_data: {} }) }, rules('Checkout.Session')),
  ],
  [
    'wrong enum values',
    () => toParams({ Include: Array(9000).fill('configuration.customers') }, rules('V2.Core.Account')),
  ],
  ['keys with brackets', () => toParams({ Metadata: names(5000, 'a][b') }, rules('Customer'))],
  ['fields of a body', () => parseBody('Create', names(5000, 'entitz'))],
];

for (const [sentence, work] of twenty)
  test(`of thousands of ${sentence} an error lists twenty, at most ten with a suggestion, and counts the rest`, () => {
    const error = thrownBy(work);
    const violations = told(error);
    assert.equal(violations.length, MAX_VIOLATIONS);
    const more = /; (\d+) more violations/.exec(error.message)?.[1];
    assert.ok(Number(more) > 4000, error.message.slice(-80));
    assert.ok(violations.filter(({ description }) => /did you mean/.test(description)).length <= MAX_SUGGESTIONS);
    assert.ok(
      error.message.length <= MAX_TEXT_LENGTH && error.message.endsWith(`${more} more violations are not shown`),
    );
  });

test('lists up to twenty mistakes, the first ten with a suggestion', () => {
  const violations = told(thrownBy(() => toParams(names(18, 'AddressCity'), rules('Customer'))));
  assert.equal(violations.length, 18);
  assert.equal(violations.filter(({ description }) => /did you mean AddressCity\?/.test(description)).length, 10);
});

test('formats only the violations that it lists', () => {
  const violations = new Violations();
  let made = 0;
  let suggested = 0;
  const describe = (suggests: boolean): string => {
    made += 1;
    if (suggests) suggested += 1;
    return 'is wrong';
  };
  for (let count = 0; count < 1000; count += 1) violations.add('Field', describe);
  const whole = new Violations();
  whole.adopt(violations);
  assert.equal(made, 0);
  assert.equal(whole.list().length, MAX_VIOLATIONS);
  assert.deepEqual([made, suggested, whole.count], [MAX_VIOLATIONS, MAX_SUGGESTIONS, 1000]);
});

test('an error is smaller than 64 KB for any input, and truncates names', () => {
  for (const sign of ['\u0001', '\ud800', '"', '😀', 'cvc=1,', 'a@b.cc,', "secret='", '\\']) {
    const long = sign.repeat(50_000);
    const many = Array.from({ length: 500 }, (_, index) => ({ field: `${long}${index}`, description: long }));
    const stripe = { code: long, param: long, declineCode: long, docUrl: long, requestId: long, type: long };
    for (const error of [
      invalidArgument(many),
      new ConnectorError('INVALID_ARGUMENT', long, { reason: 'INVALID_INPUT', violations: many, stripe }),
    ]) {
      const answer = JSON.stringify(errorBody(error));
      assert.ok(Buffer.byteLength(answer) <= 65_536, `${sign}: ${Buffer.byteLength(answer)}`);
      for (const { field } of told(error)) assert.ok(field.length <= MAX_NAME_LENGTH * 3, field);
    }
    assert.ok((invalidArgument(many).details.violations ?? []).every(({ field }) => field.length <= MAX_NAME_LENGTH));
  }
});

test('counts violations that do not fit into the bytes of a response', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ field: `F${index}`, description: '😀'.repeat(999) }));
  const error = invalidArgument(many);
  const shown = told(error).length;
  assert.ok(shown > 0 && shown < MAX_VIOLATIONS, `${shown}`);
  assert.ok(error.message.endsWith(`; ${30 - shown} more violations are not shown`), error.message.slice(-80));
  assert.deepEqual([error.details.violations?.length, error.details.moreViolations], [shown, 30 - shown]);
  // As a caller of the connectors API sees it, whose fields are renamed.
  const renamed = invalidArgument(error.details.violations ?? [], error.details.moreViolations);
  assert.deepEqual([told(renamed).length, renamed.details.moreViolations], [shown, 30 - shown]);
});

test("no known name is as long as the comparison's limit", () => {
  const all = catalog.names().flatMap((name) => {
    const entity = catalog.entity(name);
    const routes = OPERATIONS.flatMap((operation) => {
      const row = entity.operations[operation];
      return row === undefined ? [] : [row.params, ...(row.also ?? []).map(({ params }) => params)];
    });
    return [entity.fields, ...routes].flatMap((fields) => joinedNames(fields));
  });
  const longest = all.reduce((most, name) => Math.max(most, name.length), 0);
  assert.ok(longest > 90 && longest <= MAX_COMPARED_LENGTH, `${longest}`);
  const fields = catalog.entity('PaymentIntent').fields;
  for (const name of joinedNames(fields)) assert.ok(resolvePascal(name, fields), name);
});

test('a name longer than any known one is not compared', () => {
  const known = new Proxy(['Amount'], {
    get: () => {
      throw new Error('it was compared');
    },
  });
  assert.equal(nearest('A'.repeat(MAX_COMPARED_LENGTH + 1), known), undefined);
  assert.throws(() => nearest('A'.repeat(MAX_COMPARED_LENGTH), known), /compared/);
});

test('computes the joined names of an object once for any number of unknown names', () => {
  let looks = 0;
  const plain: Fields = { address: { type: { object: { city: { type: 'string' } } } }, name: { type: 'string' } };
  const fields = new Proxy(plain, {
    ownKeys: (target) => {
      looks += 1;
      return Reflect.ownKeys(target);
    },
  });
  const refuse = (): unknown => thrownBy(() => toParams(names(100, 'AddressCitty'), rules('Customer', { fields })));
  refuse();
  const first = looks;
  refuse();
  assert.ok(first <= 4, `${first}`);
  // What is required is asked of the whole each time; names are not.
  assert.ok(looks - first <= 1, `${looks - first}`);
});
