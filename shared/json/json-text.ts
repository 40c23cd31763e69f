import { MAX_DEPTH } from '../bounds.ts';
import { formatPath, parseExactJson } from './exact-json.ts';
import { isNestedDeeper } from './nesting.ts';

export type JsonText = { readonly value: unknown } | { readonly problem: string };

/**
 * Parses JSON that an input contains as a string. Returns undefined if the text is not JSON. Returns a problem if the
 * text is nested deeper than `MAX_DEPTH`, or the first problem that `parseExactJson` reports.
 */
export function parseJsonText(text: string): JsonText | undefined {
  if (isNestedDeeper(text, MAX_DEPTH)) return { problem: `is nested deeper than ${MAX_DEPTH} levels` };
  const parsed = parseExactJson(text);
  const [first] = parsed?.problems ?? [];
  if (first !== undefined) return { problem: `${formatPath(first.path)} in the JSON string ${first.description}` };
  return parsed;
}
