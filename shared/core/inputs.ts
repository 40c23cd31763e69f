import { shown } from '../bounds.ts';
import { isAmount, mayBeNegative } from '../catalog/overrides.ts';
import type { Field, Fields, Scalar, Shape } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import { lazilyOf } from '../lazily.ts';
import type { Params } from '../ports/stripe.ts';
import { joinedNames, ownPascal, resolvePascal, snake, suggestion } from '../catalog/names.ts';
import { Violations, type Description } from '../violations.ts';
import { checkKeys, keyProblem } from './input-keys.ts';
import { readJsonText } from './json-text.ts';
import { requireFields } from './required-inputs.ts';
import { readScalar } from './scalars.ts';
import { Taken } from './taken.ts';

/** What becomes of names that the catalogue does not know. */
export interface Naming {
  /**
   * False where the connection speaks another API version than the catalogue: names, enum values and required
   * inputs that the catalogue does not know pass to Stripe.
   */
  readonly strict: boolean;
  /** Unknown names are refused even so: a policy on writes can only hold what it knows. */
  readonly namesStrict?: boolean;
  /** Learns of every unknown name that passes. */
  readonly unknown?: (field: string) => void;
}

export interface InputRules extends Naming {
  readonly entity: string;
  readonly fields: Fields;
  /** Create and actions need their required parameters; an Update clears with null. */
  readonly kind: 'create' | 'update' | 'action';
  /** What clears a field: `''` in API v1's forms, null in API v2's JSON. */
  readonly cleared?: null;
}

type Input = Readonly<Record<string, unknown>>;

/** Levels of objects and maps that are read by the catalogue at most. */
const MOST_LEVELS = 32;

/** Stands in the parameters where a value was given and is wrong: it is not missing besides. */
const WRONG = Symbol('wrong');

/** What the check knows on its way down. */
interface Walk {
  readonly rules: InputRules;
  readonly violations: Violations;
}

/**
 * The caller's PascalCase inputs, flattened or nested, as Stripe's parameters. Throws INVALID_ARGUMENT with what is
 * wrong: unknown name (with the nearest known one), wrong type, wrong enum value, missing required input.
 */
export function toParams(input: Input, rules: InputRules): Params {
  const walk: Walk = { rules, violations: new Violations() };
  const params: Record<string, unknown> = {};
  const taken = new Taken();
  // By its keys: of an object of tens of thousands `entries` takes five times as long.
  for (const name of Object.keys(input)) {
    const value = input[name];
    const found = resolvePascal(name, rules.fields);
    if (found === undefined && !passesUnknown(walk, name, value, name, () => joinedNames(rules.fields))) continue;
    const path = found?.path ?? [snake(name)];
    const rival = taken.take(path, name);
    if (rival !== undefined) {
      walk.violations.add(name, () => `says the same as ${shown(rival)}; give one of them`);
      continue;
    }
    if (found === undefined) place(params, path, value);
    else readInto(walk, params, name, path, path, found.field, value);
  }
  if (rules.strict) requireFields(walk.violations, '', rules.fields, params, rules.kind === 'update');
  if (walk.violations.count > 0) throw invalid(walk.violations);
  return params;
}

/** Whether a name that the catalogue does not know may go to Stripe as it is. */
function passesUnknown(
  walk: Walk,
  name: string,
  value: unknown,
  field: string,
  known: () => readonly string[],
): boolean {
  const { rules, violations } = walk;
  const before = violations.count;
  const problem = keyProblem(name);
  if (problem !== undefined) violations.add(field, problem);
  else if (rules.strict || rules.namesStrict === true)
    violations.add(
      field,
      (suggests) => `is not an input of ${rules.entity}${suggests ? suggestion(lastPart(name), known()) : ''}`,
    );
  else checkKeys(violations, field, value);
  if (violations.count > before) return false;
  rules.unknown?.(field);
  return true;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
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

/** A field that the catalogue knows, into its place in `params`. */
function readInto(
  walk: Walk,
  params: Record<string, unknown>,
  at: string,
  path: readonly string[],
  full: readonly string[],
  field: Field,
  value: unknown,
): void {
  const before = walk.violations.count;
  const read = value === null ? clearedIn(walk) : readShape(walk, at, full, field.type, value);
  if (read !== undefined) place(params, path, read);
  else if (walk.violations.count > before) place(params, path, WRONG);
}

/** What null says: an Update clears the field, elsewhere it says nothing. */
function clearedIn(walk: Walk): '' | null | undefined {
  return walk.rules.kind === 'update' ? cleared(walk) : undefined;
}

function cleared(walk: Walk): '' | null {
  return walk.rules.cleared === null ? null : '';
}

/** One value by its shape; undefined where a violation was noted. */
function readShape(walk: Walk, at: string, path: readonly string[], shape: Shape, value: unknown): unknown {
  if (path.length > MOST_LEVELS) return wrong(walk, at, `is nested deeper than ${MOST_LEVELS} levels`);
  if (typeof shape === 'string') return readPlain(walk, at, path, shape, value);
  if ('enum' in shape) return readEnum(walk, at, shape.enum, value);
  if ('reference' in shape) return readShape(walk, at, path, 'string', value);
  if ('range' in shape) return readShape(walk, at, path, 'integer', value);
  if ('anyOf' in shape) return readAny(walk, at, path, shape.anyOf, value);
  const text = typeof value === 'string' ? readJsonText(value) : { value };
  if (text !== undefined && 'problem' in text) return wrong(walk, at, text.problem);
  const tree = text?.value;
  if ('array' in shape) return readArray(walk, at, path, shape.array, tree);
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    return wrong(walk, at, 'must be an object, as JSON or as JSON text');
  }
  const object = tree as Input;
  return 'map' in shape ? readMap(walk, at, path, shape.map, object) : readObject(walk, at, path, shape.object, object);
}

function readPlain(walk: Walk, at: string, path: readonly string[], kind: Scalar, value: unknown): unknown {
  if (kind === 'json') {
    const before = walk.violations.count;
    checkKeys(walk.violations, at, value);
    return walk.violations.count > before ? undefined : value;
  }
  const scalar = readScalar(kind, value);
  if ('problem' in scalar) return wrong(walk, at, scalar.problem);
  if (isNegative(scalar.value) && isAmount(path.at(-1) ?? '') && !mayBeNegative(walk.rules.entity, path)) {
    return wrong(walk, at, 'must not be negative');
  }
  return scalar.value;
}

type EnumValues = readonly (string | number | boolean)[];

/** By themselves and by their texts: a list may hold a hundred thousand values, and an enum hundreds. */
const enumValues = lazilyOf(
  (allowed: EnumValues): ReadonlyMap<unknown, EnumValues[number]> =>
    new Map(
      allowed.flatMap((one): [unknown, EnumValues[number]][] => [
        [String(one), one],
        [one, one],
      ]),
    ),
);

function readEnum(walk: Walk, at: string, allowed: EnumValues, value: unknown): unknown {
  const found = enumValues(allowed).get(value);
  if (found !== undefined) return found;
  if (!walk.rules.strict && typeof value === 'string') return value;
  return wrong(walk, at, (suggests) => {
    const listed = allowed.slice(0, 40).join(', ') + (allowed.length > 40 ? ', ...' : '');
    const near = suggests && typeof value === 'string' ? suggestion(value, allowed.map(String)) : '';
    return `must be one of ${listed}${near}`;
  });
}

/** The first alternative that takes the value; the problem of the last where none does. */
function readAny(walk: Walk, at: string, path: readonly string[], shapes: readonly Shape[], value: unknown): unknown {
  let problems = new Violations();
  for (const shape of shapes) {
    const attempt: Walk = { rules: walk.rules, violations: new Violations() };
    const taken = readShape(attempt, at, path, shape, value);
    if (attempt.violations.count === 0) return taken;
    problems = attempt.violations;
  }
  walk.violations.adopt(problems);
  return undefined;
}

function readArray(walk: Walk, at: string, path: readonly string[], shape: Shape, tree: unknown): unknown {
  if (!Array.isArray(tree)) return wrong(walk, at, 'must be an array, as JSON or as JSON text');
  // Stripe clears a list with an empty value; elsewhere an empty list is none.
  if (tree.length === 0) return walk.rules.kind === 'update' ? (walk.rules.cleared === null ? [] : '') : undefined;
  return tree.map((item, index) => readShape(walk, `${at}[${index}]`, path, shape, item));
}

function readMap(walk: Walk, at: string, path: readonly string[], shape: Shape, tree: Input): unknown {
  return Object.fromEntries(
    Object.keys(tree).map((key) => {
      const value = tree[key];
      const problem = keyProblem(key);
      if (problem !== undefined) return [key, wrong(walk, `${at}.${key}`, problem)];
      // null and '' remove a key: https://docs.stripe.com/api/metadata
      const one = value === null ? cleared(walk) : readShape(walk, `${at}.${key}`, [...path, key], shape, value);
      return [key, one];
    }),
  );
}

function readObject(walk: Walk, at: string, path: readonly string[], fields: Fields, tree: Input): unknown {
  const params: Record<string, unknown> = {};
  for (const name of Object.keys(tree)) {
    const value = tree[name];
    const here = `${at}.${name}`;
    const key = Object.hasOwn(fields, name) ? name : ownPascal(name, fields);
    const field = key === undefined ? undefined : fields[key];
    if (key === undefined || field === undefined) {
      if (passesUnknown(walk, name, value, here, () => Object.keys(fields))) place(params, [name], value);
    } else if (Object.hasOwn(params, key)) wrong(walk, here, 'is given twice');
    else readInto(walk, params, here, [key], [...path, key], field, value);
  }
  return params;
}

function isNegative(value: unknown): boolean {
  return typeof value === 'number' ? value < 0 : typeof value === 'string' && value.startsWith('-');
}

function wrong(walk: Walk, field: string, description: Description): undefined {
  walk.violations.add(field, description);
  return undefined;
}
