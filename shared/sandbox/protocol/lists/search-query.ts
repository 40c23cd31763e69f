import { bad } from '../../refusal.ts';

/** One clause of a query: `email:"a@b.c"`, `name~"ann"`, `created>1700000000`, `metadata["key"]:"value"`, `-status:"x"`. */
export interface SearchClause {
  readonly negative: boolean;
  /** The field, and the key of metadata. */
  readonly path: readonly string[];
  readonly operator: ':' | '~' | '>' | '<' | '>=' | '<=' | '=';
  /** Undefined: `null`, the field is not there. */
  readonly value: string | undefined;
  readonly quoted: boolean;
}

export interface Query {
  readonly clauses: readonly SearchClause[];
  readonly joint: 'AND' | 'OR';
}

/** Clauses of a query at most. https://docs.stripe.com/search#search-query-language */
const MAX_CLAUSES = 10;

const CLAUSE_PATTERN =
  /\s*(-?)([a-zA-Z_][\w.]*)(?:\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])?\s*(:|~|>=|<=|>|<|=)\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([^\s"']+))/y;
const JOINT = /\s+(?:(AND|OR)\s+)?/iy;

/**
 * Reads a query of the search API: up to ten clauses, joined by AND (or a space), or by OR, never both; quotes of either
 * kind, a backslash before a quote in them; no parentheses. https://docs.stripe.com/search#search-query-language
 */
export function parseSearchQuery(query: string): Query {
  const clauses: SearchClause[] = [];
  const joints = new Set<string>();
  const text = query.trim();
  for (let position = 0; ;) {
    CLAUSE_PATTERN.lastIndex = position;
    const found = CLAUSE_PATTERN.exec(text);
    if (found === null) throw malformedQuery(query);
    clauses.push(parseClauseAt(found));
    position = CLAUSE_PATTERN.lastIndex;
    if (position >= text.length) break;
    JOINT.lastIndex = position;
    const joint = JOINT.exec(text);
    if (joint === null) throw malformedQuery(query);
    joints.add((joint[1] ?? 'AND').toUpperCase());
    position = JOINT.lastIndex;
  }
  if (joints.size > 1) throw bad('You cannot combine AND and OR in the same search query.', { param: 'query' });
  if (clauses.length > MAX_CLAUSES)
    throw bad(`Search queries can have at most ${MAX_CLAUSES} clauses, but this one has ${clauses.length}.`, {
      param: 'query',
    });
  return { clauses, joint: joints.has('OR') ? 'OR' : 'AND' };
}

function parseClauseAt([, minus, field = '', key, operator = ':', text, word = '']: RegExpExecArray): SearchClause {
  const isNull = text === undefined && word.toLowerCase() === 'null';
  return {
    negative: minus === '-',
    path: key === undefined ? [field] : [field, unquoted(key)],
    operator: operator as SearchClause['operator'],
    value: isNull ? undefined : text === undefined ? word : unquoted(text),
    quoted: text !== undefined,
  };
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}

export function malformedQuery(query: string): Error {
  return bad(
    `We were unable to parse your search query. Please see https://docs.stripe.com/search#search-query-language for help. Query: ${query}`,
    { param: 'query' },
  );
}
