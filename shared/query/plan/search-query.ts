import { SEARCHABLE, SEARCHABLE_BY_PART, SEARCHABLE_BY_RANGE } from '../../catalog/search-columns.ts';
import type { BoundTerm } from '../binder.ts';

/** Maximum number of terms in one query. https://docs.stripe.com/search#query-language */
const MAX_SEARCH_TERMS = 10;

export interface SearchQuery {
  readonly query: string;
  readonly pushed: readonly BoundTerm[];
}

/**
 * Returns the part of a conjunction that the Search API supports, in its query language. The Search API ignores the
 * case of texts. A query may therefore find too many rows, which the connector then filters. A negated term would find
 * too few, because it would also exclude texts that differ in case only, so it is not sent.
 */
export function searchQuery(entity: string, terms: readonly BoundTerm[]): SearchQuery | undefined {
  const clauses = terms.flatMap((term) => {
    const expression = toSearchTerm(entity, term);
    return expression === undefined ? [] : [{ term, expression }];
  });
  if (clauses.length === 0) return undefined;
  const selected = clauses.slice(0, MAX_SEARCH_TERMS);
  return {
    query: selected.map(({ expression }) => expression).join(' AND '),
    pushed: selected.map(({ term }) => term),
  };
}

/** Returns a term in Stripe's search language. Undefined if the Search API does not support the term. */
function toSearchTerm(entity: string, { column, operator, values, literals }: BoundTerm): string | undefined {
  const [firstName, key] = column.path;
  const isMetadata = firstName === 'metadata' && key !== undefined;
  const field = column.path.join('.');
  if (!column.isResponseField || !(isMetadata || SEARCHABLE[entity]?.includes(field) === true)) return undefined;
  const name = isMetadata ? `metadata[${quotedValue(key)}]` : field;
  const [value] = values;
  const [text = ''] = literals;
  if (operator === '=') return typeof value === 'number' ? `${name}:${value}` : `${name}:${quotedValue(text)}`;
  if (operator === 'LIKE' && column.kind === 'text' && SEARCHABLE_BY_PART.includes(field)) {
    const substring = /^%([^%_]{3,})%$/.exec(text)?.[1];
    return substring === undefined ? undefined : `${name}~${quotedValue(substring)}`;
  }
  const isRange = operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
  return isRange && typeof value === 'number' && SEARCHABLE_BY_RANGE.includes(field)
    ? `${name}${operator}${value}`
    : undefined;
}

function quotedValue(text: string): string {
  return `"${text.replace(/["\\]/g, (name) => `\\${name}`)}"`;
}
