import { isJsonObject } from '../../../json/written-number.ts';
import { isAmount, mayBeNegative } from '../../../catalog/field-meaning.ts';
import { resolveOwnPascal } from '../../../catalog/names.ts';
import type { Field, Fields, Scalar, FieldType } from '../../../catalog/types.ts';
import { Violations } from '../../../field-violations.ts';
import { readEnum } from './enums.ts';
import { checkKeys, keyIssue } from './keys.ts';
import {
  clearedValue,
  isJsonField,
  passesUnknown,
  setDeep,
  encodeUnknownValue,
  addIssue,
  type ParamPosition,
  type ValidationContext,
} from './validation.ts';
import { parseJsonText } from '../../../json/json-text.ts';
import { notAnArray, notAnObject } from './input-example.ts';
import { readScalar } from './scalars.ts';
import { readTextForm } from './text-forms.ts';

type ParamInput = Readonly<Record<string, unknown>>;

/** Value of a parameter whose input is invalid, so that the parameter is not also reported as missing. */
const INVALID_VALUE = Symbol('invalid');

/** Validates a field that the catalog knows and sets it in `params`. */
export function parseInto(
  context: ValidationContext,
  params: Record<string, unknown>,
  path: readonly string[],
  position: Omit<ParamPosition, 'nullable'>,
  field: Field,
  value: unknown,
): void {
  const parsed = readField(context, { ...position, nullable: field.nullable === true }, field, value);
  setDeep(params, path, parsed === undefined ? INVALID_VALUE : parsed);
}

/** Validates the value of a field. Returns undefined if it added a violation. */
function readField(context: ValidationContext, position: ParamPosition, field: Field, value: unknown): unknown {
  if (value === null) return clearField(context, position, field);
  // In a form an empty string cannot be distinguished from a cleared field.
  if (value === '' && field.nullable === true && !(isJsonField(context) && acceptsText(field.type)))
    return clearedValue(context);
  return readValue(context, position, field.type, value);
}

/** Validates null, which clears a field. */
function clearField(context: ValidationContext, position: ParamPosition, { type, nullable, required }: Field): unknown {
  if (nullable === true) return clearedValue(context);
  // Stripe clears a string with an empty string, or in API v2 with null. Stripe's types do not mark all these fields as nullable.
  if (context.rules.kind === 'update' && type === 'string' && required !== true) return clearedValue(context);
  return addIssue(context, position, required === true ? 'is required and must not be null' : CANNOT_CLEAR);
}

const CANNOT_CLEAR = 'must not be null, because Stripe cannot clear it; omit it';

/** Returns whether a type accepts any text. */
function acceptsText(fieldType: FieldType): boolean {
  if (typeof fieldType === 'string') return fieldType === 'string' || fieldType === 'json';
  return 'reference' in fieldType || ('anyOf' in fieldType && fieldType.anyOf.some(acceptsText));
}

/** Validates a value by its type. Returns undefined if it added a violation. */
function readValue(context: ValidationContext, position: ParamPosition, fieldType: FieldType, value: unknown): unknown {
  const { limits } = context.rules;
  if (position.path.length > limits.maxInputLevels)
    return addIssue(context, position, `is nested deeper than ${limits.maxInputLevels} levels`);
  if (typeof fieldType === 'string') return readPlain(context, position, fieldType, value);
  if ('enum' in fieldType) return readEnum(context, position, fieldType, value);
  if ('text' in fieldType) {
    const text = readTextForm(fieldType.text, value, limits);
    return 'problem' in text ? addIssue(context, position, text.problem) : text.value;
  }
  if ('reference' in fieldType) return readPlain(context, position, 'string', value);
  if ('range' in fieldType) return readPlain(context, position, 'integer', value);
  if ('anyOf' in fieldType) return readAny(context, position, fieldType.anyOf, value);
  const text = typeof value === 'string' ? parseJsonText(value) : { value };
  if (text !== undefined && 'problem' in text) return addIssue(context, position, text.problem);
  const parsed = text?.value;
  if ('array' in fieldType) return readArray(context, position, fieldType.array, parsed);
  if (!isJsonObject(parsed)) return addIssue(context, position, notAnObject(fieldType));
  return 'map' in fieldType
    ? readMap(context, position, fieldType.map, parsed)
    : readObject(context, position, fieldType.object, parsed);
}

/** Validates a scalar or a JSON value. */
function readPlain(context: ValidationContext, position: ParamPosition, kind: Scalar, value: unknown): unknown {
  if (kind === 'json') {
    const violationsBefore = context.violations.count;
    checkKeys(context.violations, position.at, value);
    return context.violations.count > violationsBefore ? undefined : encodeUnknownValue(context, value);
  }
  const name = position.path.at(-1) ?? '';
  const scalar = readScalar(kind, value, { name, json: isJsonField(context) });
  if ('problem' in scalar) return addIssue(context, position, scalar.problem);
  if (isNegative(scalar.value) && isAmount(name) && !mayBeNegative(context.rules.entity, position.path)) {
    return addIssue(context, position, 'must not be negative');
  }
  return scalar.value;
}

function isNegative(value: unknown): boolean {
  return typeof value === 'number' ? value < 0 : typeof value === 'string' && value.startsWith('-');
}

/**
 * Returns the result of the first alternative that accepts the value, or adds the violations of the last one. If an
 * object is allowed, a JSON string with an object counts as the object.
 */
function readAny(
  context: ValidationContext,
  position: ParamPosition,
  alternatives: readonly FieldType[],
  value: unknown,
): unknown {
  const input = parseObjectText(alternatives, value);
  let problems = new Violations();
  for (const fieldType of alternatives) {
    const attempt: ValidationContext = { rules: context.rules, violations: new Violations() };
    const result = readValue(attempt, position, fieldType, input);
    if (attempt.violations.count === 0) return result;
    problems = attempt.violations;
  }
  context.violations.adopt(problems);
  return undefined;
}

/** Parses a text that is a JSON object, if one of the alternatives is an object. Returns any other value unchanged. */
function parseObjectText(alternatives: readonly FieldType[], value: unknown): unknown {
  const acceptsObject = alternatives.some((fieldType) => typeof fieldType === 'object' && 'object' in fieldType);
  if (!acceptsObject || typeof value !== 'string' || !/^\s*\{/.test(value)) return value;
  const parsed = parseJsonText(value);
  return parsed !== undefined && 'value' in parsed && isJsonObject(parsed.value) ? parsed.value : value;
}

/** Validates the items of an array. */
function readArray(context: ValidationContext, position: ParamPosition, fieldType: FieldType, items: unknown): unknown {
  if (!Array.isArray(items)) return addIssue(context, position, notAnArray(fieldType));
  if (items.length === 0 && !isJsonField(context))
    return position.nullable === true ? '' : addIssue(context, position, EMPTY_INPUTS);
  return items.map((item, index) =>
    readValue(context, { at: `${position.at}[${index}]`, path: position.path }, fieldType, item),
  );
}

const EMPTY_INPUTS = 'must not be empty, because a form cannot send it; omit it';

/**
 * Converts an empty object. JSON has empty objects, a form has none. In a form, the object is accepted only in a
 * Create, as an empty value, for a field that Stripe allows to be empty.
 */
function readEmpty(context: ValidationContext, position: ParamPosition): unknown {
  if (isJsonField(context)) return {};
  if (position.nullable !== true) return addIssue(context, position, EMPTY_INPUTS);
  return context.rules.kind === 'create' ? '' : addIssue(context, position, `${EMPTY_INPUTS}, or clear it with null`);
}

/** Validates the values of a map. */
function readMap(
  context: ValidationContext,
  position: ParamPosition,
  fieldType: FieldType,
  object: ParamInput,
): unknown {
  const keys = Object.keys(object);
  if (keys.length === 0) return readEmpty(context, position);
  return Object.fromEntries(
    keys.map((key) => {
      const value = object[key];
      const member: ParamPosition = { at: `${position.at}.${key}`, path: [...position.path, key] };
      const problem = keyIssue(key);
      if (problem !== undefined) return [key, addIssue(context, member, problem)];
      // null and '' remove a key: https://docs.stripe.com/api/metadata
      if (value === null)
        return [key, fieldType === 'string' ? clearedValue(context) : addIssue(context, member, CANNOT_CLEAR)];
      return [key, readValue(context, member, fieldType, value)];
    }),
  );
}

/** Validates the members of an object, and converts their names to Stripe's. */
function readObject(context: ValidationContext, position: ParamPosition, fields: Fields, object: ParamInput): unknown {
  const params: Record<string, unknown> = {};
  const names = Object.keys(object);
  if (names.length === 0 && !mayBeEmpty(context, fields)) return readEmpty(context, position);
  for (const name of names) {
    const value = object[name];
    const at = `${position.at}.${name}`;
    const key = Object.hasOwn(fields, name) ? name : resolveOwnPascal(name, fields);
    const field = key === undefined ? undefined : fields[key];
    if (key === undefined || field === undefined) {
      if (passesUnknown(context, name, value, at, () => Object.keys(fields)))
        setDeep(params, [name], encodeUnknownValue(context, value));
    } else if (Object.hasOwn(params, key)) addIssue(context, { at }, 'must not be repeated');
    else parseInto(context, params, [key], { at, path: [...position.path, key] }, field, value);
  }
  return params;
}

/**
 * Returns whether an empty object needs no special treatment: its type has no fields, or has required fields, which
 * `requireFields` then reports as missing.
 */
function mayBeEmpty({ rules }: ValidationContext, fields: Fields): boolean {
  const all = Object.values(fields);
  return all.length === 0 || (rules.strict && all.some(({ required }) => required === true));
}
