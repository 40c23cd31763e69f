/** What an answer repeats of a body is bounded, and so is the work for each mistake: counted, never timed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import {
  truncate,
  MAX_NAME_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_ROWS_PER_PAGE,
  MAX_SUGGESTIONS,
  MAX_VIOLATIONS,
  ROWS_A_PAGE,
  quoted,
} from '../../shared/bounds.ts';
import { joinedNames, MAX_COMPARED_LENGTH, nearest, resolvePascal } from '../../shared/catalog/names.ts';
import { OPERATIONS, type Fields } from '../../shared/catalog/types.ts';
import { ALLOW_ALL } from '../../shared/stripe/write-policy/enforce.ts';
import { namingOf } from '../../shared/operations/request/naming.ts';
import { toParams, type InputRules } from '../../shared/operations/request/params/params.ts';
import { planEntity } from '../../shared/operations/request/entity-request.ts';
import { ConnectorError, errorBody, invalidArgument } from '../../shared/errors.ts';
import { Violations } from '../../shared/field-violations.ts';
import { writeInChunks } from '../../shared/http/event-loop.ts';
import { parseBody } from '../../shared/http/body/request-bodies.ts';
import { QUERIES, readQuery } from '../../shared/management/connectors-api/queries.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext, thrownBy } from '../support/calls.ts';

const catalogue = catalogFiles(path.resolve('shared/catalog'));

function rules(entity: string, more: Partial<InputRules> = {}): InputRules {
  const row = catalogue.entity(entity).operations.Create;
  assert.ok(row);
  return { entity, fields: row.params, kind: 'create', strict: true, ...more };
}

function told(error: ConnectorError): { field: string; description: string }[] {
  const details = errorBody(error).error['details'] as { fieldViolations?: { field: string; description: string }[] }[];
  return details.flatMap(({ fieldViolations = [] }) => fieldViolations);
}

const names = (count: number, name: string): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, 1]));

test('what is made of a whole catalogue gives the event loop back in between', async () => {
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const made = await writeInChunks([...Array(40).keys()], (one) => one * 2);
  over = true;
  assert.deepEqual(made.slice(0, 3).concat(made.length), [0, 2, 4, 40]);
  assert.ok(turns >= 9, `${turns}`);
});

test('a text is cut at a whole character and says so', () => {
  assert.equal(truncate('short', 200), 'short');
  assert.equal(truncate('x'.repeat(201), 200), `${'x'.repeat(199)}…`);
  for (const before of [196, 197, 198, 199, 200]) {
    const text = truncate(`${'x'.repeat(before)}😀😀😀`, 200);
    assert.ok(text.length <= 200 && !/\p{Surrogate}/u.test(text) && text.endsWith('…'), text);
  }
});

test('a secret that the cut divides is redacted all the same', () => {
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
  test(`of thousands of ${sentence} twenty are told, ten with a suggestion at most, and how many more there are`, () => {
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

test('up to twenty mistakes are told all, the first ten with a suggestion', () => {
  const violations = told(thrownBy(() => toParams(names(18, 'AddressCity'), rules('Customer'))));
  assert.equal(violations.length, 18);
  assert.equal(violations.filter(({ description }) => /did you mean AddressCity\?/.test(description)).length, 10);
});

test('words are made only of the violations that are shown', () => {
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

test('an error is smaller than 64 KB whatever the caller wrote, and its names are cut', () => {
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

test('no known name is as long as what is not compared any more', () => {
  const all = catalogue.names().flatMap((name) => {
    const entity = catalogue.entity(name);
    const routes = OPERATIONS.flatMap((operation) => {
      const row = entity.operations[operation];
      return row === undefined ? [] : [row.params, ...(row.also ?? []).map(({ params }) => params)];
    });
    return [entity.fields, ...routes].flatMap((fields) => joinedNames(fields));
  });
  const longest = all.reduce((most, name) => Math.max(most, name.length), 0);
  assert.ok(longest > 90 && longest <= MAX_COMPARED_LENGTH, `${longest}`);
  const fields = catalogue.entity('PaymentIntent').fields;
  for (const name of joinedNames(fields)) assert.ok(resolvePascal(name, fields), name);
});

test('a name that is longer than any known one is compared with none', () => {
  const known = new Proxy(['Amount'], {
    get: () => {
      throw new Error('it was compared');
    },
  });
  assert.equal(nearest('A'.repeat(MAX_COMPARED_LENGTH + 1), known), undefined);
  assert.throws(() => nearest('A'.repeat(MAX_COMPARED_LENGTH), known), /compared/);
});

test('the joined names of an object of fields are worked out once, however many names are unknown', () => {
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

const bad: [name: string, input: Record<string, unknown>, field: RegExp][] = [
  ['a bracket in a key of metadata', { Metadata: { 'a][b': '1' } }, /^Metadata\.a\]\[b: must not contain \[ or \]/],
  ['an empty key of metadata', { Metadata: { '': '1' } }, /^Metadata\.: must not be empty/],
  ['a bracket in a name', { 'address[city]': 'x' }, /^address\[city\]: must not contain/],
  ['an empty name', { '': 'x' }, /^: must not be empty/],
  ['a bracket in an inner name', { Address: { 'city]': 'x' } }, /^Address\.city\]: must not contain/],
];
for (const [sentence, input, message] of bad)
  for (const more of [{ strict: true }, { strict: false }, { strict: false, namesStrict: true }])
    test(`${sentence} is refused by its name (${JSON.stringify(more)})`, () => {
      assert.match(thrownBy(() => toParams(input, rules('Customer', more))).message, message);
    });

test('a bracket in a key of a value that is passed on unread is refused by its name', () => {
  assert.match(
    thrownBy(() => toParams({ NewThing: [{ 'a]': 1 }] }, rules('Customer', { strict: false }))).message,
    /^NewThing\[0\]\.a\]: must not contain/,
  );
  assert.match(
    thrownBy(() => toParams({ NewThing: { 'a[b': 1 } }, rules('Customer', { strict: false }))).message,
    /^NewThing\.a\[b: must not contain/,
  );
});

test('what is nested too deep is an error, not the end of a stack', () => {
  const deep = (depth: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level += 1) value = [value];
    return value;
  };
  const base = { Amount: 1, Currency: 'usd' };
  const data = (affirm: unknown): Record<string, unknown> => ({
    ...base,
    PaymentMethodData: { type: 'affirm', affirm },
  });
  const text = `{"type":"affirm","affirm":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const older = rules('PaymentIntent', { strict: false });
  const wrong: [object, typeof older, RegExp][] = [
    [{ ...base, NewThing: deep(50_000) }, older, /nested deeper than 64 levels/],
    [{ ...base, PaymentMethodData: text }, rules('PaymentIntent'), /nested deeper than 64 levels/],
    [data(deep(50_000)), rules('PaymentIntent'), /must be an object/],
  ];
  for (const [input, by, message] of wrong) assert.match(thrownBy(() => toParams({ ...input }, by)).message, message);
  assert.ok(toParams({ ...base, NewThing: deep(20) }, older));
  assert.match(
    thrownBy(() => parseBody('Create', { connectorInputPayload: `{"Metadata":${'['.repeat(100)}${']'.repeat(100)}}` }))
      .message,
    /connectorInputPayload: is nested deeper than 64 levels/,
  );
});

for (const field of ['fields', 'expand'])
  test(`${field} has at most 1,000 names, as a list and as text`, () => {
    for (const value of [Array(1001).fill('Id'), 'Id,'.repeat(1001)])
      assert.match(
        thrownBy(() => parseBody('Get', { entity: 'Customer', [field]: value })).message,
        /at most 1000 names/,
      );
    for (const value of [Array(1000).fill('Id'), `${'Id,'.repeat(999)}Id`])
      assert.equal(parseBody('Get', { entity: 'Customer', [field]: value })[field as 'fields']?.length, 1000);
    for (const value of [[''], ['Id', 5], 5, {}])
      assert.match(thrownBy(() => parseBody('Get', { [field]: value })).message, /must be a list of names/);
    assert.deepEqual(parseBody('Get', { [field]: ' Id ,, Name' })[field as 'fields'], ['Id', 'Name']);
  });

test('two inputs for one parameter are refused among thousands, whichever comes first', () => {
  const many = names(3000, 'Unknown');
  const strict = { strict: false };
  for (const input of [
    { ...many, Address: {}, AddressCity: 'x' },
    { AddressCity: 'x', ...many, Address: {} },
    { address: 'x', ...many, AddressCity: 'x' },
  ])
    assert.match(
      thrownBy(() => toParams(input, rules('Customer', strict))).message,
      /^\w+: must not be combined with \w+,/,
    );
});

test('a field that is given and wrong is not missing besides; one that only begins like it is', () => {
  const violations = told(thrownBy(() => toParams({ Amount: 'x', Currencyx: 1 }, rules('PaymentIntent'))));
  assert.deepEqual(
    violations.map(({ field }) => field),
    ['Amount', 'Currencyx', 'Currency'],
  );
});

test('with another API version unknown names pass with one warning; a policy on writes refuses them', () => {
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const call = callContext(connector.clock, { name: 'Customer.Create', outputFormat: 'connector' });
  const entity = catalogue.entity('Customer');
  const row = entity.operations.Create;
  assert.ok(row);
  const input = { NewThing: 1, Address: { planet: 'Earth' }, ...names(40, 'More'), Name: 'x' };

  const naming = namingOf({ ...connector.deps, strict: false }, call, true);
  const { request } = planEntity('Create', entity, row, undefined, input, naming);
  assert.deepEqual(request.params['address'], { planet: 'Earth' });
  naming.warn();
  const [line, ...others] = connector.logged.filter(({ severity }) => severity === 'WARNING');
  assert.equal(others.length, 0);
  const { names: passed } = line?.facts as { names: string[] };
  assert.deepEqual(passed.slice(0, 3), ['NewThing', 'Address.planet', 'More0']);
  assert.equal(passed.length, MAX_VIOLATIONS);

  const held = namingOf(
    { ...connector.deps, strict: false, policy: { ...ALLOW_ALL, allowedCurrencies: ['usd'] } },
    call,
    true,
  );
  assert.match(
    thrownBy(() => planEntity('Create', entity, row, undefined, input, held)).message,
    /^NewThing: is not an input of Customer/,
  );
});

// Found by a newcomer who made the size of a page a setting: 25 and 200 stood again in seven places.
test('the rows of a page have one definition: the pages say it, and no other code', () => {
  const rows = `${ROWS_A_PAGE} rows a page by default, at most ${MAX_ROWS_PER_PAGE}`;
  assert.ok(readFileSync('functions/README.md', 'utf8').includes(`List, ${rows}`));
  // The explorer's page takes no code of the functions.
  assert.ok(
    readFileSync('shared/explorer/call-form.tsx', 'utf8').includes(`label="rows a page" hint="${ROWS_A_PAGE}"`),
  );
  for (const file of [
    'http/body/request-bodies',
    'management/connectors-api/queries',
    'schema/tool',
    'schema/openapi/rest-paths',
  ])
    assert.doesNotMatch(readFileSync(`shared/${file}.ts`, 'utf8'), /\b(25|200)\b(?! KB)/, file);
  const size = (given: object): number => parseBody('List', { entity: 'Customer', ...given }).listEntitiesPageSize;
  assert.equal(size({}), ROWS_A_PAGE);
  assert.equal(size({ listEntitiesPageSize: MAX_ROWS_PER_PAGE }), MAX_ROWS_PER_PAGE);
  assert.throws(() => size({ listEntitiesPageSize: MAX_ROWS_PER_PAGE + 1 }), /from 1 to 200/);
  const query = (text: string): unknown =>
    readQuery(QUERIES.entities, new URLSearchParams(`pageSize=${text}`)).pageSize;
  assert.deepEqual([query('0'), query('7'), query('5000')], [ROWS_A_PAGE, 7, MAX_ROWS_PER_PAGE]);
  assert.throws(() => query('many'), /more than 200 counts as 200/);
});
