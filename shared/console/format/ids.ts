import type { EntitySummary } from '../api/discovery.ts';

/**
 * The entity of each id prefix among the rows that were listed. Needed because discovery does not return every prefix.
 */
const entityOfPrefix = new Map<string, string>();

/** Possible prefixes of an id, the longest first: `cs_test` and `cs` for `cs_test_123`. */
function prefixesOf(id: string): readonly string[] {
  const parts = id.split('_');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join('_'));
}

/**
 * Remembers the entity of ids with the prefix of this id. Only prefixes of letters are remembered, each with the first
 * entity.
 */
export function rememberIdPrefix(id: string, entity: string): void {
  const [prefix] = prefixesOf(id);
  if (prefix !== undefined && /^[a-z]+$/.test(prefix) && !entityOfPrefix.has(prefix))
    entityOfPrefix.set(prefix, entity);
}

/** The entity of an id, by its prefix. Undefined if the prefix is unknown or the connector cannot get the object. */
export function entityOfId(id: string, entities: readonly EntitySummary[]): string | undefined {
  for (const prefix of prefixesOf(id)) {
    const summary = entities.find(({ idPrefix }) => idPrefix === prefix);
    const name = summary?.name ?? entityOfPrefix.get(prefix);
    if (name !== undefined && entities.some((entity) => entity.name === name && entity.operations.includes('Get')))
      return name;
  }
  return undefined;
}
