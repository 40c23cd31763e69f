import { suggestion } from '../../../catalog/names.ts';
import { memoizeByRef } from '../../../memoize.ts';
import { addIssue, type ParamPlace, type ValidationContext } from './walk.ts';
import { isWellFormed, plainNumber } from './scalars.ts';

type EnumValues = readonly (string | number | boolean)[];

/** Values by themselves and by their text, because a list may have a hundred thousand values and an enum hundreds. */
const enumValues = memoizeByRef(
  (allowed: EnumValues): ReadonlyMap<unknown, EnumValues[number]> =>
    new Map(
      allowed.flatMap((value): [unknown, EnumValues[number]][] => [
        [String(value), value],
        [value, value],
      ]),
    ),
);

/** Reads an enum value. For an open enum, or with another API version, any string passes. */
export function readEnum(
  walk: ValidationContext,
  to: ParamPlace,
  { enum: allowed, open = false }: { readonly enum: EnumValues; readonly open?: boolean },
  written: unknown,
): unknown {
  const value = plainNumber(written);
  const stripeValue = enumValues(allowed).get(value);
  if (stripeValue !== undefined) return stripeValue;
  const passes = open || !walk.rules.strict;
  if (passes && typeof value === 'string' && value !== '' && isWellFormed(value)) return value;
  if (passes) return addIssue(walk, to, 'must be a non-empty string');
  return addIssue(walk, to, (suggests) => {
    const listed = allowed.slice(0, 40).join(', ') + (allowed.length > 40 ? ', ...' : '');
    const near = suggests && typeof value === 'string' ? suggestion(value, allowed.map(String)) : '';
    return `must be one of ${listed}${near}`;
  });
}
