import type { ColumnDescriptor } from '../../../schema/columns.ts';
import { humanName } from '../../format/words.ts';

/** One completion: its text in the list (`label`), and the clause after the user chooses the completion. */
export interface ClauseCompletion {
  readonly clause: string;
  readonly label: string;
  readonly note: string;
}

export const CLAUSE_OPERATORS = ['=', '!=', '>', '>=', '<', '<=', 'LIKE', 'IN', 'IS NULL', 'IS NOT NULL'] as const;
export type ClauseOperator = (typeof CLAUSE_OPERATORS)[number];

const MAX_COMPLETIONS = 12;
const TOKEN = /'(?:[^']|'')*'?|[A-Za-z_][\w.]*|[0-9.]+|>=|<=|!=|<>|[=<>(),]/g;

const FILTERED_BY: Readonly<Record<ColumnDescriptor['filter'], string>> = {
  stripe: 'filtered by Stripe',
  search: "filtered by the connector, or by Stripe's search with consistency eventual",
  here: 'filtered by the connector',
  none: 'cannot be filtered',
};

/**
 * Describes what evaluates a condition on a column: Stripe, the connector, or nothing if the column cannot be filtered.
 */
export function filteredBy(column: ColumnDescriptor): string {
  return FILTERED_BY[column.filter];
}

/** The kind of token that may follow the tokens of a clause. */
type ExpectedToken = 'column' | 'operator' | 'value' | 'connective';

/** Returns what a user may type next after these tokens. */
function expectedAfter(tokens: readonly string[]): ExpectedToken {
  let expected: ExpectedToken = 'column';
  for (const token of tokens) {
    // A NOT in front of a condition negates the condition. A NOT after a column is part of an operator: NOT IN, IS NOT
    // NULL.
    const isPartOfOperator = expected === 'operator' && /^NOT$/i.test(token);
    if (/^(AND|OR|NOT|\()$/i.test(token) && !isPartOfOperator) expected = 'column';
    else if (expected === 'column') expected = 'operator';
    else if (expected === 'operator' && /^NULL$/i.test(token)) expected = 'connective';
    else if (expected === 'operator') expected = /^(IS|NOT|IN)$/i.test(token) ? 'operator' : 'value';
    else if (expected === 'value') expected = 'connective';
  }
  return expected;
}

/** Completions for the end of a clause: columns, operators, values of enums and booleans, AND and OR. */
export function completeClause(clause: string, columns: readonly ColumnDescriptor[]): readonly ClauseCompletion[] {
  const tokens = clause.match(TOKEN) ?? [];
  // If the clause does not end with a space, the user is still typing its last token.
  const isTyping = clause !== '' && !/\s$/.test(clause);
  const last = isTyping ? (tokens.at(-1) ?? '') : '';
  const before = isTyping ? tokens.slice(0, -1) : tokens;
  const start = clause.slice(0, clause.length - last.length);
  const join = (text: string): string => `${start === '' || /[\s(]$/.test(start) ? start : `${start} `}${text} `;
  const suggest = (items: readonly (readonly [label: string, note: string])[]): ClauseCompletion[] =>
    items
      .filter(([label]) => label !== last && label.toLowerCase().includes(last.toLowerCase().replace(/^'|'$/g, '')))
      .sort((a, b) => matchRank(a[0], last) - matchRank(b[0], last))
      .slice(0, MAX_COMPLETIONS)
      .map(([label, note]) => ({ clause: join(label), label, note }));
  switch (expectedAfter(before)) {
    case 'column':
      return suggest(
        filterableColumns(columns).map((column) => [column.name, `${column.kind}, ${filteredBy(column)}`]),
      );
    case 'operator':
      return suggest(CLAUSE_OPERATORS.map((operator) => [operator, OPERATOR_WORDS[operator]]));
    case 'value': {
      const column = columnBefore(before, columns);
      const values = column?.enum ?? (column?.kind === 'boolean' ? ['true', 'false'] : []);
      return suggest(values.map((value) => [column?.kind === 'boolean' ? value : quoteValue(value), humanName(value)]));
    }
    case 'connective':
      return last !== '' && !/^[A-Za-z]+$/.test(last)
        ? []
        : suggest([
            ['AND', 'both conditions'],
            ['OR', 'one of the conditions'],
          ]);
  }
}

const OPERATOR_WORDS: Readonly<Record<ClauseOperator, string>> = {
  '=': 'equals',
  '!=': 'differs from',
  '>': 'more than, after',
  '>=': 'at least, from',
  '<': 'less than, before',
  '<=': 'at most, until',
  LIKE: "matches a pattern: 'a%'",
  IN: "is one of: ('a', 'b')",
  'IS NULL': 'has no value',
  'IS NOT NULL': 'has a value',
};

/** The columns that a clause may name. Columns that Stripe filters come first, then those of Stripe's search. */
export function filterableColumns(columns: readonly ColumnDescriptor[]): readonly ColumnDescriptor[] {
  const order = { stripe: 0, search: 1, here: 2, none: 3 };
  return columns.filter(({ filter }) => filter !== 'none').sort((a, b) => order[a.filter] - order[b.filter]);
}

/** 0 if a label begins with a text, 1 if one of its words does, 2 otherwise. */
function matchRank(label: string, text: string): number {
  const wanted = text.toLowerCase();
  if (label.toLowerCase().startsWith(wanted)) return 0;
  return label.split(/(?<=[a-z0-9])(?=[A-Z])|\./).some((word) => word.toLowerCase().startsWith(wanted)) ? 1 : 2;
}

/** The column before an operator of one token, which is the last token. Undefined for a longer operator. */
function columnBefore(tokens: readonly string[], columns: readonly ColumnDescriptor[]): ColumnDescriptor | undefined {
  const name = tokens.at(-2)?.toLowerCase();
  return columns.find((column) => column.name.toLowerCase() === name);
}

/** A text in single quotes. Quotes inside it are doubled. */
export function quoteValue(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The text of a condition: `Email = 'a@b.co'`. Numbers and booleans have no quotes. */
export function conditionText(column: ColumnDescriptor, operator: ClauseOperator, value: string): string {
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') return `${column.name} ${operator}`;
  const literal = (text: string): string => {
    const isNumber = /^(integer|number|decimal|seconds)$/.test(column.kind) && /^-?\d+(\.\d+)?$/.test(text);
    const isBoolean = column.kind === 'boolean' && /^(true|false)$/.test(text);
    return isNumber || isBoolean ? text : quoteValue(text);
  };
  if (operator === 'IN')
    return `${column.name} IN (${value
      .split(',')
      .map((item) => literal(item.trim()))
      .join(', ')})`;
  return `${column.name} ${operator} ${literal(value.trim())}`;
}

/** Returns the words outside quotes in a filter clause: column names, and keywords such as AND. */
export function identifiersIn(clause: string): readonly string[] {
  return (clause.match(TOKEN) ?? []).filter((token) => /^[A-Za-z]/.test(token));
}

/**
 * Appends a condition to a clause with AND. A clause with an OR is put in parentheses, because AND binds closer. A
 * clause with a parenthesis too many stays as it is: a further pair could make it valid, with another meaning.
 */
export function withCondition(clause: string, condition: string): string {
  const text = clause.trim();
  if (text === '') return condition;
  return hasOuterOr(text) ? `(${text}) AND ${condition}` : `${text} AND ${condition}`;
}

/** Returns whether a clause has an OR outside parentheses and quotes, and a `(` before each `)`. */
function hasOuterOr(clause: string): boolean {
  let depth = 0;
  let found = false;
  for (const token of clause.match(TOKEN) ?? []) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (depth === 0 && /^OR$/i.test(token)) found = true;
    if (depth < 0) return false;
  }
  return found;
}
