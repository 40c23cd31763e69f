import { MAX_DEPTH } from '../bounds.ts';
import { formatPath, parseExactJson } from './exact-json.ts';
import { isDeeper } from './nesting.ts';

export type JsonText = { readonly value: unknown } | { readonly problem: string };

/**
 * JSON text inside an input, held to the depth of a body: deeper values end in a stack that is used up. Undefined where the
 * text is no JSON.
 */
export function parseJsonText(text: string): JsonText | undefined {
  if (isDeeper(text, MAX_DEPTH)) return { problem: `is nested deeper than ${MAX_DEPTH} levels` };
  const read = parseExactJson(text);
  const [first] = read?.problems ?? [];
  if (first !== undefined) return { problem: `${formatPath(first.path)} in its JSON text ${first.description}` };
  return read;
}
