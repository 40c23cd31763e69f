import { useEffect } from 'react';
import type { EntitySummary } from '../api/discovery.ts';
import { createConsoleStore, useConsoleStore } from '../state/store.ts';

/** Entities that the navigation always lists, if the connector offers them. */
export const COMMON_ENTITIES = [
  'Customer',
  'PaymentIntent',
  'Charge',
  'Refund',
  'Invoice',
  'Subscription',
  'Product',
  'Price',
];
const MAX_RECENT = 10;

const recentEntities = createConsoleStore<readonly string[]>([]);

/**
 * The entities of the navigation, at most MAX_RECENT: COMMON_ENTITIES, then other entities that the user opened, the
 * last opened first.
 */
export function useRecentEntities(entities: readonly EntitySummary[]): readonly string[] {
  const recent = useConsoleStore(recentEntities);
  const offered = new Set(entities.map(({ name }) => name));
  return [...new Set([...COMMON_ENTITIES, ...recent])].filter((name) => offered.has(name)).slice(0, MAX_RECENT);
}

/**
 * Adds an entity to the recently opened entities when its page is shown, unless the navigation always lists the entity.
 */
export function useRememberOpened(entity: string): void {
  useEffect(() => {
    if (!COMMON_ENTITIES.includes(entity))
      recentEntities.set((before) => [entity, ...before.filter((name) => name !== entity)].slice(0, MAX_RECENT));
  }, [entity]);
}
