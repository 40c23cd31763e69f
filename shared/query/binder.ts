import type { Entity, OperationDefinition } from '../catalog/types.ts';
import type { Clause, Operator, Term } from './syntax/ast.ts';
import { columnOf, type Column, type ColumnKind } from './columns.ts';
import { likeProblem } from './like.ts';
import { syntaxError, under } from './syntax/tokenizer.ts';
import { readLiteral, type Comparable } from './values.ts';

/** A term with a resolved column and typed values. */
export interface BoundTerm {
  readonly kind: 'term';
  readonly column: Column;
  readonly operator: Operator;
  readonly values: readonly Comparable[];
  /** The values as they are in the clause. */
  readonly literals: readonly string[];
  readonly at: number;
}

export interface BoundAnd {
  readonly kind: 'and';
  readonly operands: readonly BoundExpr[];
}

export interface BoundOr {
  readonly kind: 'or';
  readonly operands: readonly BoundExpr[];
}

export type BoundExpr = BoundTerm | BoundAnd | BoundOr;

const ORDERED: ReadonlySet<Operator> = new Set(['<', '<=', '>', '>=']);
const SUPPORTED: Readonly<Partial<Record<ColumnKind, readonly Operator[]>>> = {
  boolean: ['=', '!=', 'IN', 'IS NULL', 'IS NOT NULL'],
  enum: ['=', '!=', 'IN', 'LIKE', 'NOT LIKE', 'IS NULL', 'IS NOT NULL'],
  json: ['LIKE', 'NOT LIKE', 'IS NULL', 'IS NOT NULL'],
};
const NO_PATTERN: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'IN', 'IS NULL', 'IS NOT NULL'];

/**
 * Resolves the column of every term and types its values. Throws INVALID_ARGUMENT for an unknown column, an invalid
 * value or an operator that the column does not support.
 */
export function bind(entity: Entity, definition: OperationDefinition, formatTerm: Clause): BoundExpr {
  if (formatTerm.kind !== 'term')
    return { kind: formatTerm.kind, operands: formatTerm.operands.map((operand) => bind(entity, definition, operand)) };
  const clause = withoutRepeats(formatTerm);
  const column = columnOf(entity, definition, clause.column, clause.at, clause);
  checkOperator(column, clause);
  const pattern = clause.operator === 'LIKE' || clause.operator === 'NOT LIKE';
  const values = clause.values.map((text): Comparable => {
    const problem = pattern ? likeProblem(text) : undefined;
    if (problem !== undefined) throw syntaxError(`${clause.operator} ${problem}`, clause.at);
    const read = pattern ? { value: text } : readLiteral(column, text, clause.operator);
    if ('problem' in read)
      throw syntaxError(`${column.name} ${read.problem}, not '${under(column.name, text)}',`, clause.at);
    return read.value;
  });
  return { kind: 'term', column, operator: clause.operator, values, literals: clause.values, at: clause.at };
}

/** IN with one value becomes an equality, which more of Stripe's lists support. Duplicate values are read once. */
function withoutRepeats(term: Term): Term {
  if (term.operator !== 'IN') return term;
  const values = [...new Set(term.values)];
  return { ...term, values, operator: values.length === 1 ? '=' : 'IN' };
}

function checkOperator(column: Column, { operator, at }: Term): void {
  // A parameter of Stripe's list that objects do not have supports equality, or a range if Stripe has one.
  if (!column.isResponseField) {
    const range = column.kind === 'seconds' || column.kind === 'integer' || column.kind === 'instant';
    if (operator === '=' || operator === 'IN' || (range && ORDERED.has(operator))) return;
    throw syntaxError(
      `${column.name} is a filter of Stripe's list and supports ${range ? '= and ranges' : '='}, not ${operator},`,
      at,
    );
  }
  const supported =
    SUPPORTED[column.kind] ?? (column.kind === 'text' || column.kind === 'instant' ? undefined : NO_PATTERN);
  if (supported === undefined || supported.includes(operator)) return;
  const what = column.kind === 'json' ? 'a list or an object' : `of type ${column.kind}`;
  throw syntaxError(`${column.name} is ${what} and supports ${supported.join(', ')}, not ${operator},`, at);
}

/** Formats a term for explanations. */
export function formatTerm({ column, operator, literals: values }: BoundTerm): string {
  const quoted = values.map((value) => `'${value.replaceAll("'", "''")}'`);
  if (values.length === 0) return `${column.name} ${operator}`;
  return `${column.name} ${operator} ${operator === 'IN' ? `(${quoted.join(', ')})` : quoted.join('')}`;
}

/** Formats a clause for explanations. */
export function formatClause(clause: BoundExpr): string {
  if (clause.kind === 'term') return formatTerm(clause);
  const word = clause.kind === 'and' ? ' AND ' : ' OR ';
  return clause.operands
    .map((operand) => (operand.kind === 'term' ? formatTerm(operand) : `(${formatClause(operand)})`))
    .join(word);
}
