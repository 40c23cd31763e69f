import { quoted } from '../bounds.ts';
import { invalidArgument } from '../errors.ts';
import { MARK, redactValue } from '../redact.ts';

/** A piece of a clause. `text` stood in quotes, `word` did not. */
export interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly value: string;
  /** Counted from 1. */
  readonly at: number;
}

const SPACE = /\s*/y;
const PIECE = /'((?:[^']|'')*)'|([A-Za-z0-9_.@:+-]+)|(<>|<=|>=|!=|[=<>(),[\]])/y;

/** The pieces of a clause, in linear time: each expression is tried once, at one place. `''` is a quote in a text. */
export function tokenize(clause: string): Token[] {
  const tokens: Token[] = [];
  for (let position = 0; ;) {
    SPACE.lastIndex = position;
    SPACE.exec(clause);
    position = SPACE.lastIndex;
    const at = position + 1;
    if (position >= clause.length) return [...tokens, { kind: 'end', value: '', at }];
    PIECE.lastIndex = position;
    const match = PIECE.exec(clause);
    if (match === null)
      throw syntaxError(
        clause[position] === "'" ? 'the quote is never closed' : `unexpected ${JSON.stringify(clause[position])}`,
        at,
      );
    position = PIECE.lastIndex;
    const [, text, word, sign] = match;
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'"), at });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, at });
    else tokens.push({ kind: 'sign', value: sign ?? '', at });
  }
}

/** The one error of a clause: what is wrong, and where. */
export function syntaxError(problem: string, at: number): Error {
  return invalidArgument([{ field: 'filterClause', description: `${problem} at ${at}` }]);
}

/** A value as an error tells it, without its column beside it. */
export function under(column: string, value: string): string {
  const { [column]: told } = redactValue({ [column]: value }) as Readonly<Record<string, string>>;
  return quoted(told ?? MARK);
}
