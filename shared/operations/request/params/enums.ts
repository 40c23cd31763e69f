import { suggestion } from '../../../catalog/names.ts';
import { memoizeByRef } from '../../../memoize.ts';
import { addIssue, type ParamPosition, type ValidationContext } from './validation.ts';
import { isWellFormed, plainNumber } from './scalars.ts';

type EnumValues = readonly (string | number | boolean)[];

/** The values of an enum by value and by text. A map keeps the time short if an input has very many enum values. */
const enumValues = memoizeByRef(
  (allowed: EnumValues): ReadonlyMap<unknown, EnumValues[number]> =>
    new Map(
      allowed.flatMap((value): [unknown, EnumValues[number]][] => [
        [String(value), value],
        [value, value],
      ]),
    ),
);

/** Reads an enum value. For an open enum, or with another API version, any non-empty string passes. */
export function readEnum(
  context: ValidationContext,
  position: ParamPosition,
  { enum: allowed, open = false }: { readonly enum: EnumValues; readonly open?: boolean },
  input: unknown,
): unknown {
  const value = plainNumber(input);
  const stripeValue = enumValues(allowed).get(value);
  if (stripeValue !== undefined) return stripeValue;
  const acceptsUnknown = open || !context.rules.strict;
  if (acceptsUnknown && typeof value === 'string' && value !== '' && isWellFormed(value)) return value;
  if (acceptsUnknown) return addIssue(context, position, 'must be a non-empty string');
  return addIssue(context, position, (suggests) => {
    const allowedText = allowed.slice(0, 40).join(', ') + (allowed.length > 40 ? ', ...' : '');
    const nearest = suggests && typeof value === 'string' ? suggestion(value, allowed.map(String)) : '';
    return `must be one of ${allowedText}${nearest}`;
  });
}
