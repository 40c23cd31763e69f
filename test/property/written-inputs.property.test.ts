/**
 * Nothing is changed or dropped in silence: for any value of an input of any Create, Update or action of the catalog,
 * it is in the parameters unchanged, or the call is rejected and the error names the input. The values are made
 * without a look at what fits: odd texts, numbers, null, empty lists and objects, JSON text, names in other spellings.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { pascal } from '../../shared/catalog/names.ts';
import { routesOf } from '../../shared/catalog/routes.ts';
import type { Field, Fields, FieldType } from '../../shared/catalog/types.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import { toParams, type InputRules } from '../../shared/operations/request/params/params.ts';
import { actionFields } from '../../shared/operations/request/action-request.ts';
import { emptyValueRule } from '../../shared/operations/request/entity-request.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { parseExactJson } from '../../shared/json/exact-json.ts';
import { plainDecimal } from '../../shared/json/plain-decimal.ts';
import { plain } from '../support/planted-request.ts';
import { sized } from '../support/sizes.ts';

const SEED = Number(process.env['SEED'] ?? 20261126);
const RUNS = sized(2_500, 300_000);
const catalog = catalogFiles('shared/catalog');

const CALLS: readonly InputRules[] = [
  ...catalog.names().flatMap((entity) => {
    const { Create, Update } = catalog.entity(entity).operations;
    const rows = [
      ...(Create === undefined ? [] : routesOf(Create).map((route) => ({ route, kind: 'create' as const }))),
      ...(Update === undefined ? [] : routesOf(Update).map((route) => ({ route, kind: 'update' as const }))),
    ];
    return rows.map(({ route: { path, params }, kind }): InputRules => ({
      entity,
      fields: params,
      kind,
      strict: true,
      limits: REQUEST_LIMITS,
      ...emptyValueRule(path),
    }));
  }),
  ...catalog.actionNames().flatMap((name): InputRules[] => {
    const row = catalog.action(name);
    if (row === undefined) return [];
    return [
      {
        entity: name,
        fields: actionFields(row),
        kind: 'action',
        strict: true,
        limits: REQUEST_LIMITS,
        ...emptyValueRule(row.path),
      },
    ];
  }),
];

/** An input by its way in: a field, the index of a list, the key of a map. */
interface Spot {
  readonly rules: InputRules;
  readonly path: readonly string[];
  readonly shape: FieldType;
}

function spotsOf(rules: InputRules): Spot[] {
  const inside = (shape: FieldType, path: readonly string[]): Spot[] => {
    if (typeof shape === 'string') return [];
    if ('object' in shape) return of(shape.object, path);
    if ('array' in shape)
      return [{ rules, path: [...path, '0'], shape: shape.array }, ...inside(shape.array, [...path, '0'])];
    if ('map' in shape)
      return [{ rules, path: [...path, 'a_key'], shape: shape.map }, ...inside(shape.map, [...path, 'a_key'])];
    return 'anyOf' in shape ? inside(shape.anyOf.find((one) => typeof one === 'object') ?? 'string', path) : [];
  };
  const of = (fields: Fields, outer: readonly string[]): Spot[] =>
    Object.entries(fields).flatMap(([name, { type }]) => {
      const path = [...outer, name];
      return [{ rules, path, shape: type }, ...inside(type, path)];
    });
  return of(rules.fields, []);
}

const SPOTS = CALLS.flatMap(spotsOf);

/** The JSON of an input that has all it needs, and `written` at the spot. */
function inputJson({ rules, path }: Spot, written: string, innerPascal: boolean): string {
  const inFields = (fields: Fields, at: readonly string[], top: boolean): string => {
    const [own = '', ...rest] = at;
    const members = Object.entries(fields).flatMap(([name, field]) => {
      if (name !== own && field.required !== true) return [];
      const value = name === own ? inShape(field.type, rest) : JSON.stringify(plain(field.type, name, 'usd'));
      return [`${JSON.stringify(top || (innerPascal && name === own) ? pascal(name) : name)}:${value}`];
    });
    return `{${members.join(',')}}`;
  };
  const inShape = (shape: FieldType, at: readonly string[]): string => {
    if (at.length === 0) return written;
    if (typeof shape === 'string') throw new RangeError('the path leads nowhere');
    if ('object' in shape) return inFields(shape.object, at, false);
    if ('array' in shape) return `[${inShape(shape.array, at.slice(1))}]`;
    if ('map' in shape) return `{${JSON.stringify(at[0])}:${inShape(shape.map, at.slice(1))}}`;
    if ('anyOf' in shape) return inShape(shape.anyOf.find((one) => typeof one === 'object') ?? 'string', at);
    throw new RangeError('the path leads nowhere');
  };
  return inFields(rules.fields, path, true);
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return (value as Readonly<Record<string, unknown>>)[name];
  }, tree);
}

const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1.50',
  '12.25',
  '-3',
  '1e3',
  '1e-7',
  '9007199254740991',
  '9007199254740993',
  '1e21',
  '0.1234567890123456789',
];
const WORDS = [
  '"card"',
  '"x y"',
  '"é東"',
  '"true"',
  '"12.50"',
  '"1e3"',
  '"\\ud83d"',
  '"a\\u0000b"',
  '"007"',
  '"{\\"a\\":1}"',
  '"[]"',
  '" "',
];
const OTHERS = [
  '""',
  'null',
  '[]',
  '{}',
  'true',
  'false',
  '[null]',
  '{"a":1,"a":2}',
  '{"__proto__":{"a":1}}',
  '{"nowhere_known":1}',
  '[[]]',
];
const written = fc.oneof(
  fc.constantFrom(...NUMBERS, ...WORDS, ...OTHERS),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
);

/** Whether what is sent says what was written: the same text, the same number, or what clears. */
function says(sent: unknown, json: string, cleared: '' | null): boolean {
  const value: unknown = JSON.parse(json);
  if (value === null || value === '') return sent === cleared || sent === value;
  if (Array.isArray(value)) return value.length === 0 ? Array.isArray(sent) || sent === cleared : Array.isArray(sent);
  if (typeof value === 'object')
    return (typeof sent === 'object' && sent !== null) || (json === '{}' && sent === cleared);
  if (typeof value === 'boolean') return sent === value || sent === String(value);
  // A text has the very digits; what has an exponent or a sign of nothing is a plain decimal.
  if (typeof value === 'number' && typeof sent === 'string' && !/e/i.test(json) && Number(json) !== 0)
    return sent === json;
  if (typeof value === 'number')
    return plainDecimal(String(sent)) === plainDecimal(json) && !/e/i.test(inForm(sent, cleared));
  if (sent === value) return true;
  if (typeof sent === 'object' || sent === cleared) return isDeepJson(value, sent, cleared);
  if (typeof sent === 'boolean') return value === String(sent);
  return /^-?\d+(\.\d+)?$/.test(String(value)) && plainDecimal(String(sent)) === plainDecimal(String(value));
}

/** In API v2's JSON a number may have an exponent. */
function inForm(sent: unknown, cleared: '' | null): string {
  return cleared === null && typeof sent === 'number' ? '' : String(sent);
}

function isDeepJson(value: unknown, sent: unknown, cleared: '' | null): boolean {
  return typeof value === 'string' && /^\s*[[{]/.test(value) && says(sent, value, cleared);
}

/** True if the value is sent, false if it is rejected by its name. Any other result fails. */
function isSent(spot: Spot, json: string, innerPascal: boolean): boolean {
  const text = inputJson(spot, json, innerPascal);
  const told = `${spot.rules.entity} ${spot.rules.kind} ${text}`;
  const read = parseExactJson(text);
  assert.ok(read, told);
  const top = pascal(spot.path[0] ?? '');
  if (read.count > 0) {
    assert.ok(
      read.problems.every(({ path }) => path[0] === top),
      told,
    );
    return false;
  }
  try {
    const params = toParams(read.value as Record<string, unknown>, spot.rules);
    const there = valueAt(params, spot.path);
    assert.ok(says(there, json, spot.rules.emptyValue === null ? null : ''), `${told} sends ${JSON.stringify(there)}`);
    return true;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const fields = error.details.violations?.map(({ field }) => field) ?? [];
    assert.ok(
      fields.some((field) => field === top || field.startsWith(`${top}.`) || field.startsWith(`${top}[`)),
      `${told}: ${error.message}`,
    );
    return false;
  }
}

test(`an input's value is sent, or rejected by its name: ${RUNS} values, seed ${SEED}`, () => {
  let sent = 0;
  fc.assert(
    fc.property(fc.nat(SPOTS.length - 1), written, fc.boolean(), (index, json, innerPascal) => {
      const spot = SPOTS[index];
      assert.ok(spot);
      if (isSent(spot, json, innerPascal)) sent += 1;
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  );
  assert.ok(sent > RUNS / 10 && sent < (9 * RUNS) / 10, `${sent} of ${RUNS} sent`);
});

/** Of the odd values each input gets so many, in turn: all of them with FULL_SIZES=1. */
const ODD = [...NUMBERS, ...WORDS, ...OTHERS];
const EACH = sized(3, ODD.length);

test(`so is a value at every one of ${SPOTS.length} inputs, ${EACH} values each`, () => {
  let next = 0;
  for (const spot of SPOTS)
    for (let value = 0; value < EACH; value += 1) {
      isSent(spot, ODD[next % ODD.length] ?? '', value % 2 === 1);
      next += 1;
    }
  assert.ok(SPOTS.length > 10_000, String(SPOTS.length));
});

test('joined names, nested names and JSON text are equivalent at every input of two levels', () => {
  let joined = 0;
  for (const rules of CALLS)
    for (const [outer, field] of Object.entries(rules.fields))
      for (const [inner, value] of Object.entries(objectOf(field))) {
        if (value.type !== 'string' || required(field, inner) || /amount/.test(inner)) continue;
        const others = needed(rules.fields, outer);
        const whole = { ...others, [pascal(outer)]: { [inner]: 'x y' } };
        const ways = [
          { ...others, [pascal(outer)]: JSON.stringify({ [pascal(inner)]: 'x y' }) },
          { ...others, [pascal(outer) + pascal(inner)]: 'x y' },
        ];
        const params = toParams(whole, rules);
        assert.equal(valueAt(params, [outer, inner]), 'x y');
        for (const way of ways)
          assert.deepEqual(toParams(way, rules), params, `${rules.entity} ${JSON.stringify(way)}`);
        joined += 1;
      }
  assert.ok(joined > 500, String(joined));
});

function objectOf({ type }: Field): Fields {
  return typeof type === 'object' && 'object' in type ? type.object : {};
}

/** Whether the object needs more than this one. */
function required(field: Field, inner: string): boolean {
  return Object.entries(objectOf(field)).some(([name, one]) => one.required === true && name !== inner);
}

function needed(fields: Fields, but: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name, field]) => field.required === true && name !== but)
      .map(([name, { type }]) => [pascal(name), plain(type, name, 'usd')]),
  );
}
