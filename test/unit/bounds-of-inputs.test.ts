/** Inputs with many names, deep values or broken brackets are rejected by name; a page's rows have one definition. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MAX_VIOLATIONS } from '../../shared/bounds.ts';
import { ALLOW_ALL } from '../../shared/stripe/write-policy/enforce.ts';
import { createInputPolicy } from '../../shared/operations/request/input-policy.ts';
import { toParams } from '../../shared/operations/request/params/params.ts';
import { buildEntityRequest } from '../../shared/operations/request/entity-request.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import { parseBody } from '../../shared/http/body/request-bodies.ts';
import { QUERIES, readQuery } from '../../shared/management/connectors-api/queries.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext, thrownBy } from '../support/calls.ts';
import { catalog, rules, told, names } from './bounds-rules.ts';

const bad: [name: string, input: Record<string, unknown>, field: RegExp][] = [
  ['a bracket in a key of metadata', { Metadata: { 'a][b': '1' } }, /^Metadata\.a\]\[b: must not contain \[ or \]/],
  ['an empty key of metadata', { Metadata: { '': '1' } }, /^Metadata\.: must not be empty/],
  ['a bracket in a name', { 'address[city]': 'x' }, /^address\[city\]: must not contain/],
  ['an empty name', { '': 'x' }, /^: must not be empty/],
  ['a bracket in an inner name', { Address: { 'city]': 'x' } }, /^Address\.city\]: must not contain/],
];

for (const [sentence, input, message] of bad)
  for (const more of [{ strict: true }, { strict: false }, { strict: false, namesStrict: true }])
    test(`rejects ${sentence} by name (${JSON.stringify(more)})`, () => {
      assert.match(thrownBy(() => toParams(input, rules('Customer', more))).message, message);
    });

test('rejects by name a bracket in a key of a value that is passed on unparsed', () => {
  assert.match(
    thrownBy(() => toParams({ NewThing: [{ 'a]': 1 }] }, rules('Customer', { strict: false }))).message,
    /^NewThing\[0\]\.a\]: must not contain/,
  );
  assert.match(
    thrownBy(() => toParams({ NewThing: { 'a[b': 1 } }, rules('Customer', { strict: false }))).message,
    /^NewThing\.a\[b: must not contain/,
  );
});

test('nesting that is too deep is an error, not a stack overflow', () => {
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

test('rejects two inputs for one parameter among thousands, in any order', () => {
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

test('an invalid field is not reported as missing too; a field with its prefix is', () => {
  const violations = told(thrownBy(() => toParams({ Amount: 'x', Currencyx: 1 }, rules('PaymentIntent'))));
  assert.deepEqual(
    violations.map(({ field }) => field),
    ['Amount', 'Currencyx', 'Currency'],
  );
});

test('with another API version unknown names pass with one warning; a write policy rejects them', () => {
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const call = callContext(connector.clock, { name: 'Customer.Create', outputFormat: 'connector' });
  const entity = catalog.entity('Customer');
  const row = entity.operations.Create;
  assert.ok(row);
  const input = { NewThing: 1, Address: { planet: 'Earth' }, ...names(40, 'More'), Name: 'x' };

  const naming = createInputPolicy({ ...connector.deps, strict: false }, call, true);
  const { request } = buildEntityRequest('Create', entity, row, undefined, input, naming);
  assert.deepEqual(request.params['address'], { planet: 'Earth' });
  naming.warn();
  const [line, ...others] = connector.logged.filter(({ severity }) => severity === 'WARNING');
  assert.equal(others.length, 0);
  const { names: passed } = line?.facts as { names: string[] };
  assert.deepEqual(passed.slice(0, 3), ['NewThing', 'Address.planet', 'More0']);
  assert.equal(passed.length, MAX_VIOLATIONS);

  const held = createInputPolicy(
    { ...connector.deps, strict: false, policy: { ...ALLOW_ALL, allowedCurrencies: ['usd'] } },
    call,
    true,
  );
  assert.match(
    thrownBy(() => buildEntityRequest('Create', entity, row, undefined, input, held)).message,
    /^NewThing: is not an input of Customer/,
  );
});

// Found by a newcomer who made the size of a page a setting: 25 and 200 stood again in seven places.
test('the page size has one definition, which the settings page states', () => {
  const { pageSize } = REQUEST_LIMITS;
  assert.match(
    readFileSync('shared/config/README.md', 'utf8').replaceAll(/ +/g, ' '),
    new RegExp(`rows of a page of List \\| ${pageSize.min} to ${pageSize.max} \\| ${pageSize.default} \\|`),
  );
  // The console imports no code of the functions.
  assert.ok(
    readFileSync('shared/console/entity/rows-address.ts', 'utf8').includes(`const DEFAULT_SIZE = ${pageSize.default};`),
  );
  for (const file of [
    'http/body/request-bodies',
    'management/connectors-api/queries',
    'schema/tool',
    'schema/openapi/rest-paths',
  ])
    assert.doesNotMatch(readFileSync(`shared/${file}.ts`, 'utf8'), /\b(25|200)\b(?! KB)/, file);
  const size = (given: object): number => parseBody('List', { entity: 'Customer', ...given }).listEntitiesPageSize;
  assert.equal(size({}), pageSize.default);
  assert.equal(size({ listEntitiesPageSize: pageSize.max }), pageSize.max);
  assert.throws(() => size({ listEntitiesPageSize: pageSize.max + 1 }), /from 1 to 200/);
  const query = (text: string): unknown =>
    readQuery(QUERIES.entities, new URLSearchParams(`pageSize=${text}`)).pageSize;
  assert.deepEqual([query('0'), query('7'), query('5000')], [pageSize.default, 7, pageSize.max]);
  assert.throws(() => query('many'), /more than 200 counts as 200/);
});
