/**
 * How much of what a caller sent an answer repeats. A body may hold tens of thousands of wrong names: each bound limits
 * the work for one of them and the size of the answer. `errors.md` documents the bounds for callers.
 */
import { redact } from './redact.ts';

/** Violations that one answer names; its message says how many are left out. */
export const MAX_VIOLATIONS = 20;
/** Of these, the first ones have the nearest known name searched for them. */
export const MAX_SUGGESTIONS = 10;
/** Characters of a name or a value of the caller's that an answer repeats. */
export const MAX_NAME_LENGTH = 200;
/** Characters of a message, and of the description of one violation. */
export const MAX_TEXT_LENGTH = 2000;
/** Bytes of all violations of one answer, as JSON: with the rest of an error it stays below 64 KB. */
export const MAX_VIOLATIONS_BYTES = 40_000;
/** Names in one list of a body: `fields`, `expand`. */
export const MAX_LISTED = 1000;
/** Rows of a page of a List where a caller names no number, and at most. */
export const ROWS_A_PAGE = 25;
export const MOST_ROWS_A_PAGE = 200;
/** Nested objects and arrays at most, in a body and in a text of JSON inside it. */
export const MAX_DEPTH = 64;
/**
 * Values in one body at most. Only a door that takes more than the default `max_body_bytes` can get so many, and no
 * message of Pub/Sub's has them (100 attributes): an object of a million members takes seconds to read.
 */
export const MAX_VALUES = 200_000;

/** Characters that are redacted beyond a cut, so that a secret which the cut would divide is still recognised. */
const MARGIN = 4096;
const ELLIPSIS = '…';

/** The beginning of a text, cut at a whole character and marked as cut. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const isFirstHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isFirstHalf ? max - 2 : max - 1) + ELLIPSIS;
}

/** A text of the caller's as an answer may repeat it. What is cut is redacted here, while its secrets are whole. */
export function quoted(text: string, max = MAX_NAME_LENGTH): string {
  return text.length <= max ? text : truncate(redact(truncate(text, max + MARGIN)), max);
}
