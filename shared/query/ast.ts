/** What a filter clause says, as a tree. NOT is gone: the parser turns the operators under it round. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'NOT LIKE' | 'IN' | 'IS NULL' | 'IS NOT NULL';

/** `Email = 'a@b.c'`: a column, an operator and what it is compared with. */
export interface Term {
  readonly kind: 'term';
  readonly column: string;
  readonly operator: Operator;
  /** None for IS NULL, several for IN, else one. */
  readonly values: readonly string[];
  /** Where the term begins in the clause, counted from 1. */
  readonly at: number;
}

export interface Group {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Clause[];
}

export type Clause = Term | Group;

/** The operator that says the opposite. A comparison with null is neither: both leave such a row out, as in SQL. */
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
