import { isAmount, mayBeNegative } from '../catalog/overrides.ts';
import type { Field, Fields, Shape } from '../catalog/shapes.ts';
import { invalid, type FieldViolation } from '../errors.ts';
import type { Params } from '../ports/stripe.ts';
import { innerFields, joinedNames, pascal, resolvePascal, snake, suggestion } from '../catalog/names.ts';
import { readScalar } from './scalars.ts';

export interface InputRules {
  readonly entity: string;
  readonly fields: Fields;
  /** Create and actions need their required parameters; an Update clears with null. */
  readonly kind: 'create' | 'update' | 'action';
  /**
   * False where the connection speaks another API version than the catalogue: names, enum values and required
   * inputs that the catalogue does not know pass to Stripe.
   */
  readonly strict: boolean;
  /** What clears a field: `''` in API v1's forms, null in API v2's JSON. */
  readonly cleared?: null;
}

const DEEPEST = 32;

/** What the check knows on its way down. */
interface Walk {
  readonly rules: InputRules;
  readonly violations: FieldViolation[];
}

/**
 * The caller's PascalCase inputs, flattened or nested, as Stripe's parameters. Throws INVALID_ARGUMENT with every
 * violation: unknown name (with the nearest known one), wrong type, wrong enum value, missing required input.
 */
export function toParams(input: Readonly<Record<string, unknown>>, rules: InputRules): Params {
  const walk: Walk = { rules, violations: [] };
  const params: Record<string, unknown> = {};
  const taken = new Map<string, string>();
  for (const [name, value] of Object.entries(input)) {
    const found = resolvePascal(name, rules.fields);
    if (found === undefined) {
      if (rules.strict) unknownName(walk, name, joinedNames(rules.fields));
      // Best effort for names that the catalogue does not know.
      else place(params, [snake(name)], value);
      continue;
    }
    const rival = clash(taken, found.path);
    if (rival !== undefined) {
      walk.violations.push({ field: name, description: `says the same as ${rival}; give one of them` });
      continue;
    }
    taken.set(found.path.join('.'), name);
    const read = readField(walk, name, found.path, found.field, value);
    if (read !== undefined) place(params, found.path, read);
  }
  if (rules.strict) requireFields(walk, '', rules.fields, params);
  if (walk.violations.length > 0) throw invalid(walk.violations);
  return params;
}

/** An earlier input that is this one, its whole or its part. */
function clash(taken: ReadonlyMap<string, string>, path: readonly string[]): string | undefined {
  const joined = path.join('.');
  for (const [other, name] of taken) {
    if (other === joined || other.startsWith(`${joined}.`) || joined.startsWith(`${other}.`)) return name;
  }
  return undefined;
}

/** Sets a value deep in a tree. Own properties only, so that `__proto__` is a name like any other. */
function place(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  if (!Object.hasOwn(tree, key)) place(tree, [key], {});
  place(tree[key] as Record<string, unknown>, rest, value);
}

function unknownName(walk: Walk, field: string, known: readonly string[]): void {
  const last = field.split('.').at(-1) ?? field;
  walk.violations.push({ field, description: `is not an input of ${walk.rules.entity}${suggestion(last, known)}` });
}

function readField(walk: Walk, at: string, path: readonly string[], field: Field, value: unknown): unknown {
  if (value === null) return walk.rules.kind === 'update' ? cleared(walk) : undefined;
  return read(walk, at, path, field.type, value);
}

function cleared(walk: Walk): '' | null {
  return walk.rules.cleared === null ? null : '';
}

/** One value by its shape; undefined where a violation was noted. */
function read(walk: Walk, at: string, path: readonly string[], shape: Shape, value: unknown): unknown {
  if (path.length > DEEPEST) return wrong(walk, at, `is nested deeper than ${DEEPEST} levels`);
  if (typeof shape === 'string') {
    if (shape === 'json') return value;
    const scalar = readScalar(shape, value);
    if ('problem' in scalar) return wrong(walk, at, scalar.problem);
    if (isNegative(scalar.value) && isAmount(path.at(-1) ?? '') && !mayBeNegative(walk.rules.entity, path)) {
      return wrong(walk, at, 'must not be negative');
    }
    return scalar.value;
  }
  if ('enum' in shape) return readEnum(walk, at, shape.enum, value);
  if ('reference' in shape) return read(walk, at, path, 'string', value);
  if ('range' in shape) return read(walk, at, path, 'integer', value);
  if ('anyOf' in shape) return readAny(walk, at, path, shape.anyOf, value);
  const tree = fromJsonText(value);
  if ('array' in shape) return readArray(walk, at, path, shape.array, tree);
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    return wrong(walk, at, 'must be an object, as JSON or as JSON text');
  }
  const entries = Object.entries(tree as Record<string, unknown>);
  return 'map' in shape
    ? readMap(walk, at, path, shape.map, entries)
    : readObject(walk, at, path, shape.object, entries);
}

function readEnum(walk: Walk, at: string, allowed: readonly (string | number | boolean)[], value: unknown): unknown {
  const found = allowed.find((one) => one === value || String(one) === value);
  if (found !== undefined) return found;
  if (!walk.rules.strict && typeof value === 'string') return value;
  const shown = allowed.slice(0, 40).join(', ') + (allowed.length > 40 ? ', ...' : '');
  const near = typeof value === 'string' ? suggestion(value, allowed.map(String)) : '';
  return wrong(walk, at, `must be one of ${shown}${near}`);
}

/** The first alternative that takes the value; the problem of the last where none does. */
function readAny(walk: Walk, at: string, path: readonly string[], shapes: readonly Shape[], value: unknown): unknown {
  let problems: FieldViolation[] = [];
  for (const shape of shapes) {
    const attempt: Walk = { rules: walk.rules, violations: [] };
    const taken = read(attempt, at, path, shape, value);
    if (attempt.violations.length === 0) return taken;
    problems = attempt.violations;
  }
  walk.violations.push(...problems);
  return undefined;
}

function readArray(walk: Walk, at: string, path: readonly string[], shape: Shape, tree: unknown): unknown {
  if (!Array.isArray(tree)) return wrong(walk, at, 'must be an array, as JSON or as JSON text');
  // Stripe clears a list with an empty value; elsewhere an empty list is none.
  if (tree.length === 0) return walk.rules.kind === 'update' ? (walk.rules.cleared === null ? [] : '') : undefined;
  return tree.map((item, index) => read(walk, `${at}[${index}]`, path, shape, item));
}

function readMap(
  walk: Walk,
  at: string,
  path: readonly string[],
  shape: Shape,
  entries: readonly [string, unknown][],
): unknown {
  return Object.fromEntries(
    // null and '' remove a key: https://docs.stripe.com/api/metadata
    entries.map(([key, value]) => [
      key,
      value === null ? cleared(walk) : read(walk, `${at}.${key}`, [...path, key], shape, value),
    ]),
  );
}

function readObject(
  walk: Walk,
  at: string,
  path: readonly string[],
  fields: Fields,
  entries: readonly [string, unknown][],
): unknown {
  const params: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    const key = Object.hasOwn(fields, name)
      ? name
      : Object.keys(fields).find((candidate) => pascal(candidate) === name);
    const field = key === undefined ? undefined : fields[key];
    if (key === undefined || field === undefined) {
      if (walk.rules.strict) unknownName(walk, `${at}.${name}`, Object.keys(fields));
      else place(params, [name], value);
      continue;
    }
    if (Object.hasOwn(params, key)) {
      wrong(walk, `${at}.${name}`, 'is given twice');
      continue;
    }
    const taken = readField(walk, `${at}.${name}`, [...path, key], field, value);
    if (taken !== undefined) place(params, [key], taken);
  }
  return params;
}

/** What Stripe needs and the parameters lack, at every level that was given at all. */
function requireFields(walk: Walk, at: string, fields: Fields, params: Params): void {
  for (const [key, field] of Object.entries(fields)) {
    const given = Object.hasOwn(params, key);
    // Most fields of most objects.
    if (!given && (!field.required || (at === '' && walk.rules.kind === 'update'))) continue;
    const name = at === '' ? pascal(key) : `${at}.${key}`;
    if (given) {
      requireInside(walk, name, field.type, params[key]);
      continue;
    }
    // A field that was given and is wrong has its own violation already.
    if (walk.violations.some((violation) => violation.field.startsWith(name))) continue;
    walk.violations.push({ field: name, description: 'is required' });
  }
}

function requireInside(walk: Walk, at: string, shape: Shape, value: unknown): void {
  if (typeof shape === 'string') return;
  if (Array.isArray(value)) {
    if ('array' in shape) value.forEach((item, index) => requireInside(walk, `${at}[${index}]`, shape.array, item));
  } else if (isTree(value)) {
    const inner = innerFields(shape);
    if (inner !== undefined) requireFields(walk, at, inner, value);
    else if ('map' in shape)
      for (const [key, item] of Object.entries(value)) requireInside(walk, `${at}.${key}`, shape.map, item);
  }
}

function isTree(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromJsonText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function isNegative(value: unknown): boolean {
  return typeof value === 'number' ? value < 0 : typeof value === 'string' && value.startsWith('-');
}

function wrong(walk: Walk, field: string, description: string): undefined {
  walk.violations.push({ field, description });
  return undefined;
}
