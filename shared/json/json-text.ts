import { MAX_DEPTH } from '../bounds.ts';
import { formatPath, parseExactJson } from './exact-json.ts';
import { isDeeper } from './nesting.ts';

export type JsonText = { readonly value: unknown } | { readonly problem: string };

/**
 * Parses JSON inside a string of an input. It has the depth limit of a body, because deeper values would exhaust the
 * stack. Returns undefined if the text is not JSON.
 */
export function parseJsonText(text: string): JsonText | undefined {
  if (isDeeper(text, MAX_DEPTH)) return { problem: `is nested deeper than ${MAX_DEPTH} levels` };
  const read = parseExactJson(text);
  const [first] = read?.problems ?? [];
  if (first !== undefined) return { problem: `${formatPath(first.path)} in the JSON string ${first.description}` };
  return read;
}
