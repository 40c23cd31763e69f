/** An operator of a filter clause. The syntax tree has no NOT, because the parser negates the operators instead. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'NOT LIKE' | 'IN' | 'IS NULL' | 'IS NOT NULL';

/** `Email = 'a@b.c'`: a column, an operator and the values to compare with. */
export interface Term {
  readonly kind: 'term';
  readonly column: string;
  readonly operator: Operator;
  /** No value for IS NULL, one or several for IN, otherwise one. */
  readonly values: readonly string[];
  /** Position of the term's first character in the clause, from 1. */
  readonly at: number;
}

export interface Group {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Clause[];
}

export type Clause = Term | Group;

/** The negation of each operator. As in SQL, a column that is null matches neither a comparison nor its negation. */
export const NEGATED: Readonly<Record<Exclude<Operator, 'IN'>, Exclude<Operator, 'IN'>>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  LIKE: 'NOT LIKE',
  'NOT LIKE': 'LIKE',
  'IS NULL': 'IS NOT NULL',
  'IS NOT NULL': 'IS NULL',
};
