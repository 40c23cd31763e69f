import { firstMatch } from './first.ts';

/** A text to search: the original, or the text with percent and backslash escapes decoded. */
export interface TextView {
  readonly text: string;
  /** Returns the position of a character in the original. */
  readonly origin: (index: number) => number;
  /** Returns whether a character has no escape in the original. For example, an escaped `&` does not end a form value. */
  readonly verbatim: (index: number) => boolean;
}

/** Returns the view of the unchanged text. */
export function rawView(text: string): TextView {
  return { text, origin: (index) => index, verbatim: () => true };
}

/**
 * One escape: a percent-encoded UTF-8 character, encoded up to four times, or a JSON escape (except those of a quote
 * and a backslash) after up to 15 more backslashes. RFC 3986 2.1, RFC 8259 7
 */
const ESCAPE =
  /%(?:25){0,3}(?:[0-7][\da-f]|[cd][\da-f]%(?:25){0,3}[89ab][\da-f]|e[\da-f](?:%(?:25){0,3}[89ab][\da-f]){2}|f[0-7](?:%(?:25){0,3}[89ab][\da-f]){3})|(?<!\\)\\{1,16}(?:u[\da-f]{4}|[nrtbf/])/gi;

/** Returns the view in which the escapes are decoded, or undefined if the text has none. */
export function decodedView(text: string): TextView | undefined {
  const parts: string[] = [];
  const origins: number[] = [];
  const escapes = new Map<string, string>();
  let at = 0;
  for (let match = firstMatch(ESCAPE, text); match !== null; match = ESCAPE.exec(text)) {
    const [escape] = match;
    for (let index = at; index < match.index; index += 1) origins.push(index);
    const character = escapes.get(escape) ?? characterOf(escape);
    escapes.set(escape, character);
    for (let unit = 0; unit < character.length; unit += 1) origins.push(match.index);
    parts.push(text.slice(at, match.index), character);
    at = match.index + escape.length;
  }
  if (at === 0) return undefined;
  for (let index = at; index <= text.length; index += 1) origins.push(index);
  parts.push(text.slice(at));
  const origin = (index: number): number => origins[index] ?? text.length;
  return { text: parts.join(''), origin, verbatim: (index) => origin(index + 1) - origin(index) === 1 };
}

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '/': '/' };

function characterOf(escape: string): string {
  if (escape.startsWith('%')) {
    try {
      return decodeURIComponent(escape.replace(/%(?:25){1,3}(?=[\da-f]{2})/gi, '%'));
    } catch {
      // Bytes that are not UTF-8.
      return '\ufffd';
    }
  }
  const code = /\\([^\\].{0,4})$/.exec(escape)?.[1] ?? '';
  return CONTROLS[code.toLowerCase()] ?? String.fromCharCode(parseInt(code.slice(1), 16));
}
