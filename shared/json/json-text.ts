import { MAX_DEPTH } from '../bounds.ts';
import { formatPath, parseExactJson } from './exact-json.ts';
import { isNestedDeeper } from './nesting.ts';

export type JsonText = { readonly value: unknown } | { readonly problem: string };

/**
 * Parses JSON that an input contains as a string. `MAX_DEPTH` limits its depth, as it does for a request body, because
 * deeper values would exhaust the stack. Returns undefined if the text is not JSON.
 */
export function parseJsonText(text: string): JsonText | undefined {
  if (isNestedDeeper(text, MAX_DEPTH)) return { problem: `is nested deeper than ${MAX_DEPTH} levels` };
  const parsed = parseExactJson(text);
  const [first] = parsed?.problems ?? [];
  if (first !== undefined) return { problem: `${formatPath(first.path)} in the JSON string ${first.description}` };
  return parsed;
}
