import { DEEPEST } from '../bounds.ts';
import { pathInWords, readExactJson } from './exact-json.ts';
import { isDeeper } from './nesting.ts';

export type JsonText = { readonly value: unknown } | { readonly problem: string };

/**
 * JSON text inside an input, held to the depth of a body: deeper values end in a stack that is used up. Undefined where the
 * text is no JSON.
 */
export function readJsonText(text: string): JsonText | undefined {
  if (isDeeper(text, DEEPEST)) return { problem: `is nested deeper than ${DEEPEST} levels` };
  const read = readExactJson(text);
  const [first] = read?.problems ?? [];
  if (first !== undefined) return { problem: `${pathInWords(first.path)} in its JSON text ${first.description}` };
  return read;
}
