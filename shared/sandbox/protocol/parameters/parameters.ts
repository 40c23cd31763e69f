import type { Fields, FieldType } from '../../../catalog/types.ts';
import type { FormNode, FormTree } from './form.ts';
import { badRequest, missingParam } from '../../api-error.ts';
import { MAX_METADATA_KEYS } from '../../store.ts';

/** The parameters of a request, converted to their types. The value `''` unsets a field. */
export type TypedParams = Record<string, unknown>;

/** Checks a form against the catalog and converts its values to their types. Throws for the first invalid parameter. */
export function typedParameters(tree: FormTree, fields: Fields, parent = ''): TypedParams {
  const typed: TypedParams = {};
  const paramOf = (name: string): string => (parent === '' ? name : `${parent}[${name}]`);
  const unknown = Object.keys(tree).filter((name) => !Object.hasOwn(fields, name));
  if (unknown.length > 0) {
    const names = unknown.map(paramOf).join(', ');
    throw badRequest(`Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${names}`, {
      code: 'parameter_unknown',
      param: paramOf(unknown[0] ?? ''),
    });
  }
  for (const [name, node] of Object.entries(tree)) {
    const field = fields[name];
    if (field === undefined) continue;
    const param = paramOf(name);
    if (node === '') typed[name] = unsetValue(param, field.type, field.required === true);
    else if (name === 'metadata') typed[name] = metadataValue(param, node);
    else typed[name] = typedValue(param, node, field.type);
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!field.required || Object.hasOwn(tree, name)) continue;
    throw missingParam(paramOf(name));
  }
  return typed;
}

/**
 * Returns `''`, the value that unsets a field. Throws if the parameter cannot be unset: an `integer`, a `number`, a
 * `boolean`, an enumeration, or a required parameter that is not an input of a file.
 */
function unsetValue(param: string, type: FieldType, isRequired: boolean): string {
  const isText = typeof type === 'object' && 'text' in type;
  const isEnum = typeof type === 'object' && 'enum' in type;
  const isScalar = type === 'integer' || type === 'number' || type === 'boolean' || isEnum;
  if (!isScalar && (isText || !isRequired)) return '';
  const message =
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a field; however '${param}' ` +
    `cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
  throw badRequest(message, { code: 'parameter_invalid_empty', param });
}

/** Converts a value of a form to a type. Throws if the value does not have this type. */
function typedValue(param: string, node: FormNode, type: FieldType): unknown {
  if (type === 'json') return node;
  if (typeof type === 'string') return scalarValue(param, node, type);
  if ('text' in type) return scalarValue(param, node, 'string');
  if ('reference' in type) return scalarValue(param, node, 'string');
  if ('range' in type) return typeof node === 'string' ? scalarValue(param, node, 'integer') : rangeValue(param, node);
  if ('enum' in type) return enumValue(param, node, type.enum);
  if ('anyOf' in type) return firstMatchingType(param, node, type.anyOf);
  if ('array' in type) {
    if (typeof node !== 'object') throw badRequest('Invalid array', { param });
    const items = Array.isArray(node) ? node : Object.values(node);
    return items.map((item, index) => typedValue(`${param}[${index}]`, item, type.array));
  }
  if (typeof node !== 'object') throw badRequest('Invalid object', { param });
  // `parseForm` reads a hash with the keys 0, 1 ... as an array: `currency_options[0]`.
  if (Array.isArray(node)) return typedValue(param, Object.fromEntries(node.entries()), type);
  if ('object' in type) return typedParameters(node, type.object, param);
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      value === '' ? '' : typedValue(`${param}[${key}]`, value, type.map),
    ]),
  );
}

const MAX_METADATA_KEY_LENGTH = 40;
const MAX_METADATA_VALUE_LENGTH = 500;

/** Checks metadata: at most 50 keys of 40 characters, with values of 500 characters. https://docs.stripe.com/api/metadata */
function metadataValue(param: string, node: FormNode): Record<string, string> {
  if (typeof node === 'string') throw badRequest('Invalid hash', { param });
  const entries = Object.entries(Array.isArray(node) ? Object.fromEntries(node.entries()) : node);
  if (entries.length > MAX_METADATA_KEYS)
    throw badRequest(`Metadata can have up to ${MAX_METADATA_KEYS} keys, but you passed in ${entries.length}.`, {
      param,
    });
  for (const [key, value] of entries) {
    if (key.length > MAX_METADATA_KEY_LENGTH)
      throw badRequest(
        `Metadata keys can have up to ${MAX_METADATA_KEY_LENGTH} characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
        { param },
      );
    if (/[[\]]/.test(key)) throw badRequest('Metadata keys cannot contain square brackets ([ and ]).', { param });
    if (typeof value !== 'string')
      throw badRequest(
        `Invalid val: ${JSON.stringify(value)} must be a string under ${MAX_METADATA_VALUE_LENGTH} characters`,
        {
          param: `${param}[${key}]`,
        },
      );
    if (value.length > MAX_METADATA_VALUE_LENGTH)
      throw badRequest(
        `Metadata values can have up to ${MAX_METADATA_VALUE_LENGTH} characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`,
        { param: `${param}[${key}]` },
      );
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Converts a text to a scalar type. Throws if the text does not have this type. */
function scalarValue(param: string, node: FormNode, type: Exclude<FieldType, object>): unknown {
  if (typeof node !== 'string')
    throw badRequest(`Invalid ${type === 'integer' ? 'integer' : 'string'}: ${JSON.stringify(node)}`, { param });
  switch (type) {
    case 'integer':
      if (!/^-?\d{1,16}$/.test(node))
        throw badRequest(`Invalid integer: ${node}`, { code: 'parameter_invalid_integer', param });
      return Number(node);
    case 'number':
    case 'decimal':
      if (!/^-?\d+(\.\d+)?$/.test(node)) throw badRequest(`Invalid decimal: ${node}; must be a number`, { param });
      return type === 'number' ? Number(node) : node;
    case 'boolean':
      // Stripe's Python SDK sends `True` and `False`.
      if (!/^(true|false)$/i.test(node)) throw badRequest(`Invalid boolean: ${node}`, { param });
      return node.toLowerCase() === 'true';
    default:
      return node;
  }
}

/** Converts a range such as `created[gte]=1`. */
function rangeValue(param: string, node: Exclude<FormNode, string>): unknown {
  if (Array.isArray(node)) throw badRequest('Invalid hash', { param });
  return typedParameters(node, rangeFields('integer'), param);
}

function rangeFields(type: 'integer' | 'string'): Fields {
  return Object.fromEntries(['gt', 'gte', 'lt', 'lte'].map((key) => [key, { type }]));
}

/** Returns a copy of the fields in which ranges accept ISO 8601 times instead of Unix seconds, as in API v2. https://docs.stripe.com/api/v2/core/events/list */
export function withV2Ranges(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      typeof field.type === 'object' && 'range' in field.type
        ? { ...field, type: { object: rangeFields('string') } }
        : field,
    ]),
  );
}

/** Returns the allowed value that the text names. Throws if the text names another value. */
function enumValue(param: string, node: FormNode, allowed: readonly (string | number | boolean)[]): unknown {
  const match = allowed.find((candidate) => String(candidate) === node);
  if (match !== undefined) return match;
  const choices =
    allowed.length < 2 ? allowed.join('') : `one of ${allowed.slice(0, -1).join(', ')}, or ${String(allowed.at(-1))}`;
  throw badRequest(`Invalid ${param}: must be ${choices}`, { param });
}

/** Converts a value to the first type that accepts the value. If no type does, throws the error of the first type. */
function firstMatchingType(param: string, node: FormNode, types: readonly FieldType[]): unknown {
  let firstError: unknown;
  for (const type of types) {
    try {
      return typedValue(param, node, type);
    } catch (error) {
      firstError ??= error;
    }
  }
  throw firstError;
}
