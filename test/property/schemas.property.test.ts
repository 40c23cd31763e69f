/**
 * One source: what a schema of discovery accepts the functions accept, and the reverse, in the schema's canonical
 * spelling. What the functions accept in addition (text that spells a value, joined names) is a table below.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import { buildActionRequest } from '../../shared/operations/request/action-request.ts';
import { buildEntityRequest } from '../../shared/operations/request/entity-request.ts';
import { entityTool } from '../../shared/schema/tool.ts';
import { parseBody } from '../../shared/http/body/request-bodies.ts';
import { describeAction } from '../../shared/schema/action.ts';
import { describeEntity, payloadSchema } from '../../shared/schema/entity.ts';
import type { JsonSchema } from '../../shared/schema/json-schema.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { TOOL_CONNECTION } from '../support/connector-deps.ts';

const SEED = Number(process.env['SEED'] ?? 20261125);
const catalog = catalogFiles('shared/catalog');

type Input = Record<string, unknown>;
interface Case {
  readonly name: string;
  readonly schema: () => JsonSchema;
  readonly plan: (input: Input) => unknown;
}

const INPUT_POLICY = { strict: true, limits: REQUEST_LIMITS };
const OPERATIONS = ['Get', 'Create', 'Update', 'Delete'] as const;
const CASES: readonly Case[] = [
  ...catalog.names().flatMap((name) => {
    const entity = catalog.entity(name);
    const { byId } = describeEntity(entity);
    return OPERATIONS.flatMap((operation): Case[] => {
      const row = entity.operations[operation];
      if (row === undefined) return [];
      const id = byId.includes(operation) ? 'one_1' : undefined;
      const plan = (input: Input): unknown => buildEntityRequest(operation, entity, row, id, input, INPUT_POLICY);
      return [{ name: `${name}.${operation}`, schema: () => payloadSchema(entity, operation), plan }];
    });
  }),
  ...catalog.actionNames().map((name): Case => {
    const row = catalog.action(name);
    assert.ok(row);
    return {
      name,
      schema: () => describeAction(row, catalog.entity(row.entity)).input,
      plan: (input) => buildActionRequest(row, input, INPUT_POLICY),
    };
  }),
];

const ajv = new Ajv2020({ strict: false, logger: false });
const compiled = new Map<string, { readonly schema: JsonSchema; readonly validate: ValidateFunction }>();
function compiledOf(one: Case): { readonly schema: JsonSchema; readonly validate: ValidateFunction } {
  const known = compiled.get(one.name);
  if (known !== undefined) return known;
  const schema = one.schema();
  const made = { schema, validate: ajv.compile(schema) };
  compiled.set(one.name, made);
  return made;
}

/** A number between 0 and 1 at each step. */
type Chance = () => number;
const pick = <T>(chance: Chance, values: readonly T[]): T => values[Math.floor(chance() * values.length)] as T;

/** A value that mostly fits, and sometimes does not, in the canonical spelling. `odd`: how often it does not. */
function valueOf(schema: JsonSchema, chance: Chance, odd: number, depth = 0): unknown {
  const { type, enum: values, anyOf, pattern } = schema;
  const types = typeof type === 'string' ? [type] : type;
  const kind = types?.find((one) => one !== 'null');
  if (anyOf !== undefined) return valueOf(pick(chance, anyOf), chance, 0, depth);
  if (values !== undefined) return chance() < odd ? pick(chance, ['nonsense', [], {}]) : pick(chance, values);
  if (types?.includes('null') === true && chance() < 0.05) return null;
  const strange = chance() < odd;
  switch (kind) {
    case 'integer':
      return strange ? pick(chance, [null, 'abc', 0.5, [], {}, true, 2 ** 60, -1]) : Math.floor(chance() * 1e6);
    case 'number':
      return strange ? pick(chance, [null, 'abc', [], {}, true]) : Math.round(chance() * 1e4) / 100;
    case 'boolean':
      return strange ? pick(chance, [null, 'abc', 5, [], {}]) : chance() < 0.5;
    case 'string':
      if (pattern?.includes('\\d') === true)
        return strange ? pick(chance, ['abc', '1e5', '-1.5', 0.5, [], {}, null]) : '12.5';
      return strange ? pick(chance, [null, [], {}]) : pick(chance, ['one_1', 'a text', 'x']);
    case 'array': {
      if (strange) return pick(chance, [null, 'abc', {}, 5, true, []]);
      const size = depth > 3 ? 0 : Math.floor(chance() * 3);
      return Array.from({ length: size }, () => valueOf(schema.items ?? {}, chance, odd, depth + 1));
    }
    case 'object':
      return strange ? pick(chance, [null, 'abc', [], 5, true]) : objectOf(schema, chance, odd, depth);
    case undefined:
      return pick(chance, [1, 'x', null, { a: 1 }]);
    default:
      return null;
  }
}

function objectOf(schema: JsonSchema, chance: Chance, odd: number, depth: number): Input {
  const { properties = {}, required = [], additionalProperties } = schema;
  const few = depth === 0 ? 0.25 : 0.35;
  const entries = Object.entries(properties).flatMap(([name, inner]) => {
    const wanted = required.includes(name) ? chance() > odd / 2 : depth < 5 && chance() < few;
    return wanted ? [[name, valueOf(inner, chance, odd, depth + 1)]] : [];
  });
  const object = Object.fromEntries(entries) as Input;
  if (typeof additionalProperties === 'object')
    for (let n = 0; n < 2 && chance() < 0.5; n += 1)
      object[chance() < odd / 2 ? pick(chance, ['a][b', 'a[0]', '']) : `key${n}`] = valueOf(
        additionalProperties,
        chance,
        odd,
        depth + 1,
      );
  if (additionalProperties === false && chance() < odd / 4) object['Nonsense_nowhere'] = 1;
  return object;
}

function accepts(one: Case, input: Input): boolean {
  try {
    one.plan(input);
    return true;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return false;
  }
}

/** Even chances from a seed: mulberry32. */
function chances(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

void test(`a schema accepts exactly what its function accepts: 8,000 inputs, seed ${SEED}`, () => {
  let [taken, refused] = [0, 0];
  fc.assert(
    fc.property(fc.noShrink(fc.nat()), (seed) => {
      const chance = chances(seed);
      const one = pick(chance, CASES);
      const { schema, validate } = compiledOf(one);
      const way = schema.anyOf === undefined ? schema : pick(chance, schema.anyOf);
      const input = objectOf(way, chance, pick(chance, [0, 0.03, 0.15]), 0);
      const fits = validate(input);
      if (fits) taken += 1;
      else refused += 1;
      const told = `${one.name} ${JSON.stringify(input).slice(0, 600)} ${ajv.errorsText(validate.errors)}`;
      assert.equal(accepts(one, input), fits, told);
    }),
    { numRuns: 8000, seed: SEED, endOnFailure: true },
  );
  assert.ok(taken > 2500 && refused > 2000, `${taken} taken, ${refused} refused`);
});

/** Arguments of a List, each with the body's name of it, and values of every kind that JSON has. */
const LIST_FIELDS = {
  filterClause: 'filterClause',
  pageSize: 'listEntitiesPageSize',
  pageToken: 'listEntitiesPageToken',
  sortBy: 'listEntitiesSortByColumns',
  fields: 'fields',
  priority: 'priority',
} as const;
const VALUES = [
  true,
  false,
  -1,
  0,
  1,
  25,
  200,
  201,
  2.5,
  {},
  ['Id'],
  [1],
  [null],
  [''],
  'Name',
  'bulk',
  'interactive',
  null,
];
/** What the function accepts in addition to its schema: the last page's null, a list of one column, a list as text. */
const BESIDES = [
  'pageToken null',
  'sortBy ["Id"]',
  'sortBy [""]',
  'fields "Name"',
  'fields "bulk"',
  'fields "interactive"',
  'priority "interactive"',
];

test('the schema of a List accepts exactly what the function accepts: every field, every kind of value', () => {
  const { inputSchema } = entityTool(describeEntity(catalog.entity('Customer')), 'List', TOOL_CONNECTION);
  const validate = ajv.compile(inputSchema);
  for (const [argument, field] of Object.entries(LIST_FIELDS))
    for (const value of VALUES) {
      const told = `${argument} ${JSON.stringify(value)}`;
      const takes = { name: 'List', schema: () => inputSchema, plan: (body: Input) => parseBody('List', body) };
      const expected = validate({ [argument]: value }) || BESIDES.includes(told);
      assert.equal(accepts(takes, { entity: 'Customer', [field]: value }), expected, told);
    }
});

test('fields next to an input reject null and values that only look valid', () => {
  const fields = [
    'entity',
    'entityId',
    'filterClause',
    'operationId',
    'accountId',
    'outputFormat',
    'dryRun',
    'explain',
  ];
  for (const field of [...fields, 'maxAffected', 'connectorInputPayload'])
    for (const value of [null, [], 1.5, {}]) {
      if (field === 'connectorInputPayload' && JSON.stringify(value) === '{}') continue;
      const plan = (body: Input): unknown => parseBody('Update', body);
      const takes = { name: 'Update', schema: () => ({}), plan };
      assert.ok(!accepts(takes, { entity: 'Customer', [field]: value }), `${field} ${JSON.stringify(value)}`);
    }
});
