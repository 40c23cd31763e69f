import { isJsonObject } from '../../../json/written-number.ts';
import { isAmount, mayBeNegative } from '../../../catalog/field-meaning.ts';
import { ownPascal } from '../../../catalog/names.ts';
import type { Field, Fields, Scalar, FieldType } from '../../../catalog/types.ts';
import { Violations } from '../../../field-violations.ts';
import { readEnum } from './enums.ts';
import { checkKeys, keyIssue } from './keys.ts';
import {
  cleared,
  isJsonField,
  passesUnknown,
  setDeep,
  unreadableValue,
  addIssue,
  type ParamPlace,
  type ValidationContext,
} from './walk.ts';
import { parseJsonText } from '../../../json/json-text.ts';
import { readScalar } from './scalars.ts';
import { readTextForm } from './text-forms.ts';

type ParamInput = Readonly<Record<string, unknown>>;

/** Limit of the levels of objects and maps that are validated by the catalog. */
const MAX_INPUT_LEVELS = 32;

/** Marks a parameter whose value is invalid, so that it is not reported as missing too. */
const INVALID_VALUE = Symbol('invalid');

/** Validates a field that the catalog knows and sets it in `params`. */
export function parseInto(
  walk: ValidationContext,
  params: Record<string, unknown>,
  path: readonly string[],
  to: Omit<ParamPlace, 'nullable'>,
  field: Field,
  value: unknown,
): void {
  const read = readField(walk, { ...to, nullable: field.nullable === true }, field, value);
  setDeep(params, path, read === undefined ? INVALID_VALUE : read);
}

/** Validates the value of a field. Returns undefined if it added a violation. */
function readField(walk: ValidationContext, to: ParamPlace, field: Field, value: unknown): unknown {
  if (value === null) return clearedField(walk, to, field);
  // In a form an empty string cannot be distinguished from a cleared field.
  if (value === '' && field.nullable === true && !(isJsonField(walk) && takesText(field.type))) return cleared(walk);
  return readShape(walk, to, field.type, value);
}

function clearedField(walk: ValidationContext, to: ParamPlace, { type, nullable, required }: Field): unknown {
  if (nullable === true) return cleared(walk);
  // Stripe clears a string with an empty one, or in API v2 with null. Its types do not say that for each field.
  if (walk.rules.kind === 'update' && type === 'string' && required !== true) return cleared(walk);
  return addIssue(walk, to, required === true ? 'is required and must not be null' : CANNOT_CLEAR);
}

const CANNOT_CLEAR = 'must not be null, because Stripe cannot clear it; omit it';

function takesText(fieldType: FieldType): boolean {
  if (typeof fieldType === 'string') return fieldType === 'string' || fieldType === 'json';
  return 'reference' in fieldType || ('anyOf' in fieldType && fieldType.anyOf.some(takesText));
}

/** Validates a value by its type. Returns undefined if it added a violation. */
function readShape(walk: ValidationContext, to: ParamPlace, fieldType: FieldType, value: unknown): unknown {
  if (to.path.length > MAX_INPUT_LEVELS) return addIssue(walk, to, `is nested deeper than ${MAX_INPUT_LEVELS} levels`);
  if (typeof fieldType === 'string') return readPlain(walk, to, fieldType, value);
  if ('enum' in fieldType) return readEnum(walk, to, fieldType, value);
  if ('text' in fieldType) {
    const text = readTextForm(fieldType.text, value);
    return 'problem' in text ? addIssue(walk, to, text.problem) : text.value;
  }
  if ('reference' in fieldType) return readPlain(walk, to, 'string', value);
  if ('range' in fieldType) return readPlain(walk, to, 'integer', value);
  if ('anyOf' in fieldType) return readAny(walk, to, fieldType.anyOf, value);
  const text = typeof value === 'string' ? parseJsonText(value) : { value };
  if (text !== undefined && 'problem' in text) return addIssue(walk, to, text.problem);
  const tree = text?.value;
  if ('array' in fieldType) return readArray(walk, to, fieldType.array, tree);
  if (!isJsonObject(tree)) return addIssue(walk, to, 'must be an object, as JSON or as a JSON string');
  return 'map' in fieldType ? readMap(walk, to, fieldType.map, tree) : readObject(walk, to, fieldType.object, tree);
}

function readPlain(walk: ValidationContext, to: ParamPlace, kind: Scalar, value: unknown): unknown {
  if (kind === 'json') {
    const before = walk.violations.count;
    checkKeys(walk.violations, to.at, value);
    return walk.violations.count > before ? undefined : unreadableValue(walk, value);
  }
  const name = to.path.at(-1) ?? '';
  const scalar = readScalar(kind, value, { name, json: isJsonField(walk) });
  if ('problem' in scalar) return addIssue(walk, to, scalar.problem);
  if (isNegative(scalar.value) && isAmount(name) && !mayBeNegative(walk.rules.entity, to.path)) {
    return addIssue(walk, to, 'must not be negative');
  }
  return scalar.value;
}

function isNegative(value: unknown): boolean {
  return typeof value === 'number' ? value < 0 : typeof value === 'string' && value.startsWith('-');
}

/**
 * Returns the result of the first alternative that accepts the value, or adds the violations of the last one. A JSON
 * string with an object counts as the object if one is allowed, not as a string.
 */
function readAny(walk: ValidationContext, to: ParamPlace, shapes: readonly FieldType[], value: unknown): unknown {
  const meant = objectMeant(shapes, value);
  let problems = new Violations();
  for (const fieldType of shapes) {
    const attempt: ValidationContext = { rules: walk.rules, violations: new Violations() };
    const taken = readShape(attempt, to, fieldType, meant);
    if (attempt.violations.count === 0) return taken;
    problems = attempt.violations;
  }
  walk.violations.adopt(problems);
  return undefined;
}

function objectMeant(shapes: readonly FieldType[], value: unknown): unknown {
  if (typeof value !== 'string' || !shapes.some((fieldType) => typeof fieldType === 'object' && 'object' in fieldType))
    return value;
  if (!/^\s*\{/.test(value)) return value;
  const read = parseJsonText(value);
  return read !== undefined && 'value' in read && isJsonObject(read.value) ? read.value : value;
}

function readArray(walk: ValidationContext, to: ParamPlace, fieldType: FieldType, tree: unknown): unknown {
  if (!Array.isArray(tree)) return addIssue(walk, to, 'must be an array, as JSON or as a JSON string');
  if (tree.length === 0 && !isJsonField(walk)) return to.nullable === true ? '' : addIssue(walk, to, EMPTY_INPUTS);
  return tree.map((item, index) => readShape(walk, { at: `${to.at}[${index}]`, path: to.path }, fieldType, item));
}

const EMPTY_INPUTS = 'must not be empty, because a form cannot send it; omit it';

/**
 * An empty object cannot be sent in a form. It is accepted if it cannot mean anything: for an object without fields,
 * and in a Create for a field that Stripe allows to be empty.
 */
function readEmpty(walk: ValidationContext, to: ParamPlace): unknown {
  if (isJsonField(walk)) return {};
  if (to.nullable !== true) return addIssue(walk, to, EMPTY_INPUTS);
  return walk.rules.kind === 'create' ? '' : addIssue(walk, to, `${EMPTY_INPUTS}, or clear it with null`);
}

function readMap(walk: ValidationContext, to: ParamPlace, fieldType: FieldType, tree: ParamInput): unknown {
  const keys = Object.keys(tree);
  if (keys.length === 0) return readEmpty(walk, to);
  return Object.fromEntries(
    keys.map((key) => {
      const value = tree[key];
      const inner: ParamPlace = { at: `${to.at}.${key}`, path: [...to.path, key] };
      const problem = keyIssue(key);
      if (problem !== undefined) return [key, addIssue(walk, inner, problem)];
      // null and '' remove a key: https://docs.stripe.com/api/metadata
      if (value === null) return [key, fieldType === 'string' ? cleared(walk) : addIssue(walk, inner, CANNOT_CLEAR)];
      return [key, readShape(walk, inner, fieldType, value)];
    }),
  );
}

function readObject(walk: ValidationContext, to: ParamPlace, fields: Fields, tree: ParamInput): unknown {
  const params: Record<string, unknown> = {};
  const names = Object.keys(tree);
  if (names.length === 0 && !mayBeEmpty(walk, fields)) return readEmpty(walk, to);
  for (const name of names) {
    const value = tree[name];
    const at = `${to.at}.${name}`;
    const key = Object.hasOwn(fields, name) ? name : ownPascal(name, fields);
    const field = key === undefined ? undefined : fields[key];
    if (key === undefined || field === undefined) {
      if (passesUnknown(walk, name, value, at, () => Object.keys(fields)))
        setDeep(params, [name], unreadableValue(walk, value));
    } else if (Object.hasOwn(params, key)) addIssue(walk, { at }, 'must not be repeated');
    else parseInto(walk, params, [key], { at, path: [...to.path, key] }, field, value);
  }
  return params;
}

/** An object with required fields may be empty here: the check of required fields reports what is missing. */
function mayBeEmpty({ rules }: ValidationContext, fields: Fields): boolean {
  const all = Object.values(fields);
  return all.length === 0 || (rules.strict && all.some(({ required }) => required === true));
}
