import { isPathWord } from '../../catalog/path-words.ts';
import { invalidArgument } from '../../errors.ts';
import { checkId } from './ids.ts';

/** An id for a placeholder (`{id}`) of a path, encoded. Throws where it is none, or would make the path another one. */
export function pathId(template: string, placeholder: string, field: string, id: unknown): string {
  const checked = checkId(field, id);
  if (isPathWord(template, placeholder, checked))
    throw invalidArgument([{ field, description: `${checked} is a word of Stripe's paths, not an id` }]);
  return encodeURIComponent(checked);
}
