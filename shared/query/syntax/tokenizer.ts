import { quoted } from '../../bounds.ts';
import { invalidArgument } from '../../errors.ts';
import { MARK, redactValue } from '../../redact.ts';

/** A token of a clause: a string in quotes (`text`), a `word` without quotes, a `sign`, or the `end`. */
export interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly value: string;
  /** Position of its first character in the clause, from 1. */
  readonly at: number;
}

const WHITESPACE = /\s*/y;
const TOKEN_PATTERN = /'((?:[^']|'')*)'|([A-Za-z0-9_.@:+-]+)|(<>|<=|>=|!=|[=<>(),[\]])/y;

/** Splits a clause into tokens in linear time. Within a string, `''` means one quote. */
export function tokenize(clause: string): Token[] {
  const tokens: Token[] = [];
  for (let position = 0; ;) {
    WHITESPACE.lastIndex = position;
    WHITESPACE.exec(clause);
    position = WHITESPACE.lastIndex;
    const at = position + 1;
    if (position >= clause.length) return [...tokens, { kind: 'end', value: '', at }];
    TOKEN_PATTERN.lastIndex = position;
    const match = TOKEN_PATTERN.exec(clause);
    if (match === null) throw syntaxError(problemWith(clause[position] ?? ''), at);
    position = TOKEN_PATTERN.lastIndex;
    const [, text, word, sign] = match;
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'"), at });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, at });
    else tokens.push({ kind: 'sign', value: sign ?? '', at });
  }
}

function problemWith(sign: string): string {
  if (sign === "'") return 'missing closing quote';
  return sign === '"'
    ? "a string needs single quotes ('...'), not double quotes"
    : `unexpected ${JSON.stringify(sign)}`;
}

/** Creates the error for a problem at a position of a clause. */
export function syntaxError(problem: string, at: number): Error {
  return invalidArgument([{ field: 'filterClause', description: `${problem} at ${at}` }]);
}

/** Returns a value for an error message. The value is redacted if it or the name of its column looks like a secret. */
export function redactedValue(column: string, value: string): string {
  const { [column]: redacted } = redactValue({ [column]: value }) as Readonly<Record<string, string>>;
  return quoted(redacted ?? MARK);
}
