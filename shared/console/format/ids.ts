import type { EntitySummary } from '../api/discovery.ts';

/** Prefixes that rows and references taught, in addition to those of discovery. */
const learned = new Map<string, string>();

/** `pi` of `pi_123`, `cs_test` of `cs_test_123` */
function prefixesOf(id: string): readonly string[] {
  const parts = id.split('_');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join('_'));
}

/** Remembers the entity of an id that a row or a reference names. */
export function learnId(id: string, entity: string): void {
  const [prefix] = prefixesOf(id);
  if (prefix !== undefined && /^[a-z]+$/.test(prefix) && !learned.has(prefix)) learned.set(prefix, entity);
}

/** The entity of an id, by its prefix. Undefined if it is not known, or not the id of an object. */
export function entityOfId(id: string, entities: readonly EntitySummary[]): string | undefined {
  for (const prefix of prefixesOf(id)) {
    const summary = entities.find(({ idPrefix }) => idPrefix === prefix);
    const name = summary?.name ?? learned.get(prefix);
    if (name !== undefined && entities.some((entity) => entity.name === name && entity.operations.includes('Get')))
      return name;
  }
  return undefined;
}
