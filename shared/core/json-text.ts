import { DEEPEST } from '../bounds.ts';
import { isDeeper } from './nesting.ts';

export type JsonText = { readonly value: unknown } | { readonly problem: string };

/** JSON text inside an input, held to the depth of a body: deeper values end in a stack that is used up. */
export function readJsonText(text: string): JsonText | undefined {
  if (isDeeper(text, DEEPEST)) return { problem: `is nested deeper than ${DEEPEST} levels` };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
