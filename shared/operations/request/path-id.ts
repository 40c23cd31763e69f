import { isPathWord } from '../../catalog/path-words.ts';
import { invalidArgument } from '../../errors.ts';
import { checkId } from './ids.ts';

/**
 * Encodes an id for a placeholder (`{id}`) of a path. Throws if the id is invalid or would turn the path into another
 * one.
 */
export function pathId(template: string, placeholder: string, field: string, id: unknown): string {
  const checked = checkId(field, id);
  if (isPathWord(template, placeholder, checked))
    throw invalidArgument([{ field, description: `${checked} is a path segment of Stripe's API, not an id` }]);
  return encodeURIComponent(checked);
}
