/** The syntax tree of a filter clause. It contains no NOT: the parser negates the operators below it. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'NOT LIKE' | 'IN' | 'IS NULL' | 'IS NOT NULL';

/** `Email = 'a@b.c'`: a column, an operator and the values to compare with. */
export interface Term {
  readonly kind: 'term';
  readonly column: string;
  readonly operator: Operator;
  /** Empty for IS NULL, several for IN, else one. */
  readonly values: readonly string[];
  /** Position of the term in the clause, from 1. */
  readonly at: number;
}

export interface Group {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Clause[];
}

export type Clause = Term | Group;

/** The negated operator. A comparison with null matches neither operator, as in SQL. */
export const OPPOSITE: Readonly<Record<Exclude<Operator, 'IN'>, Exclude<Operator, 'IN'>>> = {
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
