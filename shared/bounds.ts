/**
 * Limits of a body, and of how much of a caller's input a response repeats. A body may have tens of thousands of
 * unknown names, so the limits bound the processing time and the size of the response. `errors.md` documents them.
 */
import { redact, REDACTION_MARGIN } from './redact.ts';

/** Maximum number of violations in a response. The message says how many more there are. */
export const MAX_VIOLATIONS = 20;
/** Maximum number of violations in a response that suggest the nearest known name. */
export const MAX_SUGGESTIONS = 10;
/** Maximum length of a caller's name or value in a response, in characters. */
export const MAX_NAME_LENGTH = 200;
/** Maximum length of a message, and of the description of a violation, in characters. */
export const MAX_TEXT_LENGTH = 2000;
/** Maximum size of all violations in a response, as JSON. The whole error stays below 64 KB. */
export const MAX_VIOLATIONS_BYTES = 40_000;
/** Maximum nesting depth of objects and arrays, in a body and in a JSON string inside the body. */
export const MAX_DEPTH = 64;
/**
 * Maximum number of values in a body, because parsing an object with a million members takes seconds. A body within the
 * default `max_body_bytes` has fewer.
 */
export const MAX_VALUES = 200_000;

const ELLIPSIS = '…';

/**
 * Shortens a text to at most `max` characters, of which the last is an ellipsis. A surrogate pair is not split. A text
 * that is not longer than `max` is returned unchanged.
 */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const splitsSurrogatePair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsSurrogatePair ? max - 2 : max - 1) + ELLIPSIS;
}

/**
 * Shortens a caller's text to `max` characters for a response. A longer text is redacted before it is truncated,
 * because a truncated secret may not be recognized.
 */
export function quoted(text: string, max = MAX_NAME_LENGTH): string {
  return text.length <= max ? text : truncate(redact(truncate(text, max + REDACTION_MARGIN)), max);
}
