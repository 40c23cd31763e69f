import { suggestion } from '../../../catalog/names.ts';
import { lazilyOf } from '../../../memoize.ts';
import { wrong, type Place, type Walk } from './walk.ts';
import { isWellFormed, plainNumber } from './scalars.ts';

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

/** One of the values; of an open enumeration, or in another API version, any text. */
export function readEnum(
  walk: Walk,
  to: Place,
  { enum: allowed, open = false }: { readonly enum: EnumValues; readonly open?: boolean },
  written: unknown,
): unknown {
  const value = plainNumber(written);
  const found = enumValues(allowed).get(value);
  if (found !== undefined) return found;
  const passes = open || !walk.rules.strict;
  if (passes && typeof value === 'string' && value !== '' && isWellFormed(value)) return value;
  if (passes) return wrong(walk, to, 'must be a text that is not empty');
  return wrong(walk, to, (suggests) => {
    const listed = allowed.slice(0, 40).join(', ') + (allowed.length > 40 ? ', ...' : '');
    const near = suggests && typeof value === 'string' ? suggestion(value, allowed.map(String)) : '';
    return `must be one of ${listed}${near}`;
  });
}
