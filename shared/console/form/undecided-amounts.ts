import type { JsonSchema } from '../../schema/json-schema.ts';
import { inputKindOf } from './fields/input-kind.ts';

/** An amount with decimals: 15.00 may mean 15 dollars or 15 cents. */
const DECIMAL = /^-?\d+[.,]\d+$/;

/** Paths of the amounts with decimals, of which the user has not chosen yet what they mean. */
export function undecidedAmounts(schema: JsonSchema, value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => undecidedAmounts(schema.items ?? {}, item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const memberSchema = schema.properties?.[name] ?? {};
    if (typeof member === 'string' && DECIMAL.test(member.trim()) && inputKindOf(name, memberSchema) === 'amount')
      return [own];
    return undecidedAmounts(memberSchema, member, own);
  });
}
