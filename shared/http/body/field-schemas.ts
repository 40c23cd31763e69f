/** Schemas of values that integrations also send as strings. */
import * as z from 'zod/mini';
import { parseJsonText } from '../../json/json-text.ts';
import { isJsonObject } from '../../json/written-number.ts';
import type { NumberBounds } from '../../operations/request/limits.ts';

/** Returns the schema of true or false, which may be a string. Absent means false. */
export function flagSchema(): z.ZodMiniType<boolean> {
  const text = z.pipe(
    z.enum(['true', 'false']),
    z.transform((value) => value === 'true'),
  );
  return z._default(z.union([z.boolean(), text], 'must be true or false'), false);
}

/** Returns the schema of an integer, which may be a string. */
export function wholeNumber({ min, max }: NumberBounds): z.ZodMiniType<number> {
  const allowed = `must be an integer from ${min} to ${max}`;
  const number = z.int(allowed).check(z.minimum(min), z.maximum(max));
  const digits = z.string().check(z.regex(/^\d{1,9}$/));
  return z.union([number, z.pipe(z.pipe(digits, z.transform(Number)), number)], allowed);
}

/**
 * Returns a parser for a list of at most `max` names. It checks the length before the items, so that a long list takes
 * no time.
 */
export function nameSplitter(max: number): (value: unknown, context: z.core.ParsePayload) => string[] {
  return (value, context) => {
    const reject = (message: string): string[] => {
      context.issues.push({ code: 'custom', message, input: value });
      return [];
    };
    const items: unknown = typeof value === 'string' ? value.split(',', max + 1) : value;
    if (!Array.isArray(items)) return reject(NOT_NAMES);
    if (items.length > max) return reject(`must have at most ${max} names`);
    const names = items.map((item: unknown) => (typeof item === 'string' ? item.trim() : ''));
    // Adjacent commas in a string are ignored. An empty item of a list is an error.
    if (typeof value === 'string') return names.filter((name) => name !== '');
    return names.includes('') ? reject(NOT_NAMES) : names;
  };
}

const NOT_NAMES = 'must be a list of names, or a string with commas between them';

/** Parses a payload: an object, or an object as a JSON string. */
export function payloadObject(value: unknown, context: z.core.ParsePayload): Record<string, unknown> {
  const parsed = typeof value === 'string' ? parseJsonText(value) : { value };
  if (parsed !== undefined && 'value' in parsed && isJsonObject(parsed.value)) return parsed.value;
  const message =
    parsed !== undefined && 'problem' in parsed ? parsed.problem : 'must be an object, as JSON or as a JSON string';
  context.issues.push({ code: 'custom', message, input: value });
  return {};
}
