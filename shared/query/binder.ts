import type { Entity, OperationDefinition } from '../catalog/types.ts';
import type { Clause, Operator, Term } from './syntax/ast.ts';
import { columnOf, type Column, type ColumnKind } from './columns.ts';
import { likeProblem } from './like.ts';
import { syntaxError, redactedValue } from './syntax/tokenizer.ts';
import { readLiteral, type Comparable } from './values.ts';

/** A term with a resolved column and typed values. */
export interface BoundTerm {
  readonly kind: 'term';
  readonly column: Column;
  readonly operator: Operator;
  readonly values: readonly Comparable[];
  /** The text of the values in the clause. */
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

const RANGE_OPERATORS: ReadonlySet<Operator> = new Set(['<', '<=', '>', '>=']);
const ALL_BUT_LIKE: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'IN', 'IS NULL', 'IS NOT NULL'];
/** The operators that each kind of column supports. */
const SUPPORTED: Readonly<Record<ColumnKind, readonly Operator[] | 'all'>> = {
  text: 'all',
  instant: 'all',
  integer: ALL_BUT_LIKE,
  number: ALL_BUT_LIKE,
  decimal: ALL_BUT_LIKE,
  seconds: ALL_BUT_LIKE,
  boolean: ['=', '!=', 'IN', 'IS NULL', 'IS NOT NULL'],
  enum: ['=', '!=', 'IN', 'LIKE', 'NOT LIKE', 'IS NULL', 'IS NOT NULL'],
  json: ['LIKE', 'NOT LIKE', 'IS NULL', 'IS NOT NULL'],
};

/**
 * Resolves the column of every term and types its values. Throws INVALID_ARGUMENT for an unknown column, an invalid
 * value or an operator that the column does not support.
 */
export function bind(entity: Entity, definition: OperationDefinition, expression: Clause): BoundExpr {
  if (expression.kind !== 'term')
    return { kind: expression.kind, operands: expression.operands.map((operand) => bind(entity, definition, operand)) };
  const term = withDistinctValues(expression);
  const column = columnOf(entity, definition, term.column, term.at, term);
  checkOperator(column, term);
  const isPattern = term.operator === 'LIKE' || term.operator === 'NOT LIKE';
  const values = term.values.map((text): Comparable => {
    const problem = isPattern ? likeProblem(text) : undefined;
    if (problem !== undefined) throw syntaxError(`${term.operator} ${problem}`, term.at);
    const parsed = isPattern ? { value: text } : readLiteral(column, text, term.operator);
    if ('problem' in parsed)
      throw syntaxError(`${column.name} ${parsed.problem}, not '${redactedValue(column.name, text)}',`, term.at);
    return parsed.value;
  });
  return { kind: 'term', column, operator: term.operator, values, literals: term.values, at: term.at };
}

/** Removes duplicate values of IN. An IN with one value becomes `=`, which more of Stripe's lists support. */
function withDistinctValues(term: Term): Term {
  if (term.operator !== 'IN') return term;
  const values = [...new Set(term.values)];
  return { ...term, values, operator: values.length === 1 ? '=' : 'IN' };
}

/** Throws if a column does not support the operator of a term. */
function checkOperator(column: Column, { operator, at }: Term): void {
  // If objects do not have the field, only Stripe can apply the filter. Stripe's lists support equality, and ranges of
  // numbers and times.
  if (!column.isResponseField) {
    const supportsRange = column.kind === 'seconds' || column.kind === 'integer' || column.kind === 'instant';
    if (operator === '=' || operator === 'IN' || (supportsRange && RANGE_OPERATORS.has(operator))) return;
    throw syntaxError(
      `${column.name} is a filter of Stripe's list and supports ${supportsRange ? '= and ranges' : '='}, not ${operator},`,
      at,
    );
  }
  const supported = SUPPORTED[column.kind];
  if (supported === 'all' || supported.includes(operator)) return;
  const description = column.kind === 'json' ? 'a list or an object' : `of type ${column.kind}`;
  throw syntaxError(`${column.name} is ${description} and supports ${supported.join(', ')}, not ${operator},`, at);
}

/** Kinds of columns whose numbers and booleans are formatted without quotes. */
const UNQUOTED: ReadonlySet<ColumnKind> = new Set(['integer', 'number', 'decimal', 'seconds', 'boolean']);
const BARE_VALUE = /^(?:-?\d+(?:\.\d+)?|true|false)$/i;

/** Formats a value as a clause contains it: in quotes, unless it is a number or a boolean. */
function formatLiteral({ kind }: Column, value: string): string {
  return UNQUOTED.has(kind) && BARE_VALUE.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

/** Formats a term for explanations. */
export function formatTerm({ column, operator, literals: values }: BoundTerm): string {
  const literals = values.map((value) => formatLiteral(column, value));
  if (values.length === 0) return `${column.name} ${operator}`;
  return `${column.name} ${operator} ${operator === 'IN' ? `(${literals.join(', ')})` : literals.join('')}`;
}

/** Formats a clause for explanations. */
export function formatClause(clause: BoundExpr): string {
  if (clause.kind === 'term') return formatTerm(clause);
  const word = clause.kind === 'and' ? ' AND ' : ' OR ';
  return clause.operands
    .map((operand) => (operand.kind === 'term' ? formatTerm(operand) : `(${formatClause(operand)})`))
    .join(word);
}
