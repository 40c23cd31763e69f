/** Finds e-mail addresses, and user names and passwords in URLs. */
import { firstMatch } from './first.ts';
import type { Span } from './span.ts';
import type { TextView } from './view.ts';

/** Characters of an unquoted local part, including letters of any language. RFC 5321 4.1.2, RFC 6531 3.3 */
const LOCAL_PART = /[\p{L}\p{M}\p{N}.!#$%*+^_`~-]/u;
/** A domain: labels in any language, separated by dots, the last beginning with a letter; or an IP address in brackets. */
const DOMAIN = /(?:[\p{L}\p{M}\p{N}_-]+[.\u3002\uff0e\uff61])+\p{L}[\p{L}\p{M}\p{N}-]+|\[[\da-f:.]{3,50}\]/iuy;
const AT = /[@\uff20]/g;
/** Maximum distance between the opening quote of a local part and the `@`. RFC 5321 4.5.3.1.1 allows 64 octets. */
const MAX_QUOTED_LENGTH = 70;

/** Finds e-mail addresses. */
export function emailSpans({ text }: TextView): Span[] {
  const spans: Span[] = [];
  let previousEnd = 0;
  for (let match = firstMatch(AT, text); match !== null; match = AT.exec(text)) {
    const { index } = match;
    DOMAIN.lastIndex = index + 1;
    const from = startOfLocalPart(text, index, previousEnd);
    previousEnd = index + 1;
    if (from < index && DOMAIN.test(text)) spans.push({ from, to: DOMAIN.lastIndex, kind: 'mail' });
  }
  return spans;
}

/**
 * Returns the index at which the local part begins, or `at` if there is no local part. The search stops at the previous
 * `@`, or at the previous quote if the local part is quoted, so the time for a text is linear.
 */
function startOfLocalPart(text: string, at: number, previousEnd: number): number {
  let from = at;
  if (text[at - 1] === '"') {
    const openingQuote = text.lastIndexOf('"', at - 2);
    return openingQuote < at - MAX_QUOTED_LENGTH || openingQuote < 0 ? at : openingQuote;
  }
  while (from > previousEnd && isLocal(text, from - 1)) from -= 1;
  return from;
}

function isLocal(text: string, index: number): boolean {
  const char = text.charAt(index);
  // An apostrophe inside a name (o'brien) is part of the name. At the edge of a name it is a quotation mark.
  return LOCAL_PART.test(char) || (char === "'" && /^\w'\w$/.test(text.slice(index - 1, index + 2)));
}

/** The part of a URL that may contain a user and a password: RFC 3986 3.2. A slash may be escaped as `\/`. */
const AUTHORITY = /\/\\{0,16}\/([^/\\\s"'<>?#]*)/g;

/** Finds user names and passwords in URLs. */
export function userinfoSpans({ text }: TextView): Span[] {
  const spans: Span[] = [];
  for (let match = firstMatch(AUTHORITY, text); match !== null; match = AUTHORITY.exec(text)) {
    const [whole, authority = ''] = match;
    const from = match.index + whole.length - authority.length;
    const at = authority.lastIndexOf('@');
    if (at > 0) spans.push({ from, to: from + at, kind: 'named' });
  }
  return spans;
}
