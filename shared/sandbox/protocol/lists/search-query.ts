import { badRequest } from '../../api-error.ts';

/**
 * One clause of a query: `email:"a@b.c"`, `name~"ann"`, `created>1700000000`, `metadata["key"]:"value"`, `-status:"x"`.
 */
export interface SearchClause {
  readonly isNegated: boolean;
  /** The name of the field, or `metadata` and a key. */
  readonly path: readonly string[];
  readonly operator: ':' | '~' | '>' | '<' | '>=' | '<=' | '=';
  /** Undefined for `null`, which matches objects without the field. */
  readonly value: string | undefined;
  readonly isQuoted: boolean;
}

export interface ParsedSearch {
  readonly clauses: readonly SearchClause[];
  readonly connective: 'AND' | 'OR';
}

/** Maximum number of clauses of a query. https://docs.stripe.com/search#search-query-language */
const MAX_CLAUSES = 10;

const CLAUSE_PATTERN =
  /\s*(-?)([a-zA-Z_][\w.]*)(?:\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])?\s*(:|~|>=|<=|>|<|=)\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([^\s"']+))/y;
const CONNECTIVE = /\s+(?:(AND|OR)\s+)?/iy;

/**
 * Parses a query of the Search API. A query has up to ten clauses, which are joined by AND (or a space) or by OR, but
 * not by both. Quotes are single or double, and a backslash escapes a quote. There are no parentheses.
 * https://docs.stripe.com/search#search-query-language
 */
export function parseSearchQuery(query: string): ParsedSearch {
  const clauses: SearchClause[] = [];
  const connectives = new Set<string>();
  const text = query.trim();
  let position = 0;
  for (;;) {
    CLAUSE_PATTERN.lastIndex = position;
    const match = CLAUSE_PATTERN.exec(text);
    if (match === null) throw malformedQuery(query);
    clauses.push(parseClauseAt(match));
    position = CLAUSE_PATTERN.lastIndex;
    if (position >= text.length) break;
    CONNECTIVE.lastIndex = position;
    const connective = CONNECTIVE.exec(text);
    if (connective === null) throw malformedQuery(query);
    connectives.add((connective[1] ?? 'AND').toUpperCase());
    position = CONNECTIVE.lastIndex;
  }
  if (connectives.size > 1)
    throw badRequest('You cannot combine AND and OR in the same search query.', { param: 'query' });
  if (clauses.length > MAX_CLAUSES)
    throw badRequest(`Search queries can have at most ${MAX_CLAUSES} clauses, but this one has ${clauses.length}.`, {
      param: 'query',
    });
  return { clauses, connective: connectives.has('OR') ? 'OR' : 'AND' };
}

function parseClauseAt([, minus, field = '', key, operator = ':', text, word = '']: RegExpExecArray): SearchClause {
  const isQuoted = text !== undefined;
  const isNull = !isQuoted && word.toLowerCase() === 'null';
  const value = isQuoted ? unquoted(text) : word;
  return {
    isNegated: minus === '-',
    path: key === undefined ? [field] : [field, unquoted(key)],
    operator: operator as SearchClause['operator'],
    value: isNull ? undefined : value,
    isQuoted,
  };
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}

export function malformedQuery(query: string): Error {
  return badRequest(
    `We were unable to parse your search query. Please see https://docs.stripe.com/search#search-query-language for help. Query: ${query}`,
    { param: 'query' },
  );
}
