import type { Fields, FieldType } from '../../../catalog/types.ts';
import type { FormNode, FormTree } from './form.ts';
import { bad } from '../../refusal.ts';
import { MAX_METADATA_KEYS } from '../../store.ts';

/** A request's parameters with their types: `''` where the caller unsets a field. */
export type Typed = Record<string, unknown>;

/** Checks a form against the catalog as Stripe does and gives its leaves their types. Stops at the first fault. */
export function typedParameters(tree: FormTree, fields: Fields, outer = ''): Typed {
  const typed: Typed = {};
  const paramOf = (name: string): string => (outer === '' ? name : `${outer}[${name}]`);
  const unknown = Object.keys(tree).filter((name) => !Object.hasOwn(fields, name));
  if (unknown.length > 0) {
    const words = unknown.map(paramOf).join(', ');
    throw bad(`Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${words}`, {
      code: 'parameter_unknown',
      param: paramOf(unknown[0] ?? ''),
    });
  }
  for (const [name, node] of Object.entries(tree)) {
    const field = fields[name];
    if (field === undefined) continue;
    const param = paramOf(name);
    if (node === '') typed[name] = unset(param, field.type, field.required === true);
    else if (name === 'metadata') typed[name] = metadata(param, node);
    else typed[name] = typedValue(param, node, field.type);
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!field.required || Object.hasOwn(tree, name)) continue;
    const param = paramOf(name);
    throw bad(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  return typed;
}

/** Texts, lists and objects may be unset with an empty value; numbers and enumerations may not. */
function unset(param: string, shape: FieldType, required: boolean): string {
  const scalar =
    (required && !(typeof shape === 'object' && 'text' in shape)) ||
    shape === 'integer' ||
    shape === 'number' ||
    shape === 'boolean' ||
    (typeof shape === 'object' && 'enum' in shape);
  if (!scalar) return '';
  const message =
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a field; however '${param}' ` +
    `cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
  throw bad(message, { code: 'parameter_invalid_empty', param });
}

function typedValue(param: string, node: FormNode, shape: FieldType): unknown {
  if (shape === 'json') return node;
  if (typeof shape === 'string') return scalar(param, node, shape);
  if ('text' in shape) return scalar(param, node, 'string');
  if ('reference' in shape) return scalar(param, node, 'string');
  if ('range' in shape) return typeof node === 'string' ? scalar(param, node, 'integer') : range(param, node);
  if ('enum' in shape) return enumerated(param, node, shape.enum);
  if ('anyOf' in shape) return firstFitting(param, node, shape.anyOf);
  if ('array' in shape) {
    const items = Array.isArray(node) ? node : typeof node === 'object' ? Object.values(node) : undefined;
    if (items === undefined) throw bad('Invalid array', { param });
    return items.map((item, index) => typedValue(`${param}[${index}]`, item, shape.array));
  }
  if (typeof node !== 'object') throw bad('Invalid object', { param });
  // Keys that are numbers were read as an array: `currency_options[0]`.
  if (Array.isArray(node)) return typedValue(param, Object.fromEntries(node.entries()), shape);
  if ('object' in shape) return typedParameters(node, shape.object, param);
  return Object.fromEntries(
    Object.entries(node).map(([key, inner]) => [
      key,
      inner === '' ? '' : typedValue(`${param}[${key}]`, inner, shape.map),
    ]),
  );
}

const MAX_METADATA_KEY = 40;
const MAX_METADATA_VALUE = 500;

/** Metadata: 50 keys of 40 characters, values of 500. A key may be a number. https://docs.stripe.com/api/metadata */
function metadata(param: string, node: FormNode): Record<string, string> {
  if (typeof node === 'string') throw bad('Invalid hash', { param });
  const entries = Object.entries(Array.isArray(node) ? Object.fromEntries(node.entries()) : node);
  if (entries.length > MAX_METADATA_KEYS)
    throw bad(`Metadata can have up to ${MAX_METADATA_KEYS} keys, but you passed in ${entries.length}.`, { param });
  for (const [key, value] of entries) {
    if (key.length > MAX_METADATA_KEY)
      throw bad(
        `Metadata keys can have up to ${MAX_METADATA_KEY} characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
        { param },
      );
    if (/[[\]]/.test(key)) throw bad('Metadata keys cannot contain square brackets ([ and ]).', { param });
    if (typeof value !== 'string')
      throw bad(`Invalid val: ${JSON.stringify(value)} must be a string under ${MAX_METADATA_VALUE} characters`, {
        param: `${param}[${key}]`,
      });
    if (value.length > MAX_METADATA_VALUE)
      throw bad(
        `Metadata values can have up to ${MAX_METADATA_VALUE} characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`,
        { param: `${param}[${key}]` },
      );
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

function scalar(param: string, node: FormNode, shape: Exclude<FieldType, object>): unknown {
  if (typeof node !== 'string')
    throw bad(`Invalid ${shape === 'integer' ? 'integer' : 'string'}: ${JSON.stringify(node)}`, { param });
  switch (shape) {
    case 'integer':
      if (!/^-?\d{1,16}$/.test(node))
        throw bad(`Invalid integer: ${node}`, { code: 'parameter_invalid_integer', param });
      return Number(node);
    case 'number':
    case 'decimal':
      if (!/^-?\d+(\.\d+)?$/.test(node)) throw bad(`Invalid decimal: ${node}; must be a number`, { param });
      return shape === 'number' ? Number(node) : node;
    case 'boolean':
      // Stripe's SDK for Python writes them with a capital.
      if (!/^(true|false)$/i.test(node)) throw bad(`Invalid boolean: ${node}`, { param });
      return node.toLowerCase() === 'true';
    default:
      return node;
  }
}

function range(param: string, node: Exclude<FormNode, string>): unknown {
  if (Array.isArray(node)) throw bad('Invalid hash', { param });
  return typedParameters(node, bounds('integer'), param);
}

function bounds(type: 'integer' | 'string'): Fields {
  return Object.fromEntries(['gt', 'gte', 'lt', 'lte'].map((key) => [key, { type }]));
}

/** The same parameters in API v2, whose ranges are of ISO 8601. https://docs.stripe.com/api/v2/core/events/list */
export function inApiV2(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      typeof field.type === 'object' && 'range' in field.type
        ? { ...field, type: { object: bounds('string') } }
        : field,
    ]),
  );
}

function enumerated(param: string, node: FormNode, allowed: readonly (string | number | boolean)[]): unknown {
  const found = allowed.find((one) => String(one) === node);
  if (found !== undefined) return found;
  const words =
    allowed.length < 2 ? allowed.join('') : `${allowed.slice(0, -1).join(', ')}, or ${String(allowed.at(-1))}`;
  throw bad(`Invalid ${param}: must be ${allowed.length < 2 ? '' : 'one of '}${words}`, { param });
}

function firstFitting(param: string, node: FormNode, shapes: readonly FieldType[]): unknown {
  let first: unknown;
  for (const shape of shapes) {
    try {
      return typedValue(param, node, shape);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}
