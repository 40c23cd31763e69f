import { invalid } from '../errors.ts';

/** `Email = 'a@b.c'`: one term of a clause. */
export interface EqualsTerm {
  readonly column: string;
  readonly value: string;
  /** Where the term begins in the clause, counted from 1. */
  readonly at: number;
}

type Token =
  | { readonly kind: 'word' | 'text' | 'sign'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly value: ''; readonly at: number };

/**
 * Parses `Column = 'value' AND Column = value ...` in linear time. Values may stand in single quotes, `''` is a
 * quote inside one. Every other operator is an error that points at its place, never ignored.
 */
export function parseEqualsClause(clause: string): EqualsTerm[] {
  const tokens = tokenize(clause);
  const terms: EqualsTerm[] = [];
  let next = 0;
  const take = (): Token => tokens[Math.min(next++, tokens.length - 1)] as Token;
  for (;;) {
    const column = take();
    if (column.kind !== 'word') throw at(column, 'expected a column');
    const sign = take();
    if (sign.value !== '=') throw at(sign, `expected '=' after ${column.value}`, sign);
    const value = take();
    if (value.kind !== 'word' && value.kind !== 'text') throw at(value, "expected a value after '='");
    terms.push({ column: column.value, value: value.value, at: column.at });
    const joint = take();
    if (joint.kind === 'end') return terms;
    if (joint.value.toUpperCase() !== 'AND' || joint.kind !== 'word') throw at(joint, 'expected AND', joint);
  }
}

function tokenize(clause: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:'((?:[^']|'')*)'|([A-Za-z0-9_.@:+-]+)|(<>|<=|>=|!=|[=<>(),%*]))/y;
  let position = 0;
  for (;;) {
    const space = /\s*/y;
    space.lastIndex = position;
    space.exec(clause);
    position = space.lastIndex;
    const at = position + 1;
    if (position >= clause.length) return [...tokens, { kind: 'end', value: '', at }];
    pattern.lastIndex = position;
    const found = pattern.exec(clause);
    if (found === null) {
      const what =
        clause[position] === "'" ? 'the quote is never closed' : `unexpected ${JSON.stringify(clause[position])}`;
      throw invalid([{ field: 'filterClause', description: `${what} at ${at}` }]);
    }
    position = pattern.lastIndex;
    const [, text, word, sign] = found;
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'"), at });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, at });
    else tokens.push({ kind: 'sign', value: sign ?? '', at });
  }
}

function at(token: Token, expectation: string, instead?: Token): Error {
  const known =
    instead === undefined || instead.kind === 'end'
      ? ''
      : `, not ${instead.value} (only = terms joined by AND are taken)`;
  return invalid([{ field: 'filterClause', description: `${expectation} at ${token.at}${known}` }]);
}
