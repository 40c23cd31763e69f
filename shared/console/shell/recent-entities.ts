import { useEffect } from 'react';
import type { EntitySummary } from '../api/discovery.ts';
import { createConsoleStore, useConsoleStore } from '../state/store.ts';

/** Shown before an entity was opened. Those that the connector does not offer are omitted. */
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

const opened = createConsoleStore<readonly string[]>([]);

/** Entities for the navigation: those opened last first, then common ones. */
export function useRecentEntities(entities: readonly EntitySummary[]): readonly string[] {
  const recent = useConsoleStore(opened);
  const offered = new Set(entities.map(({ name }) => name));
  return [...new Set([...COMMON_ENTITIES, ...recent])].filter((name) => offered.has(name)).slice(0, MAX_RECENT);
}

/** Remembers an entity whose page is shown. */
export function useOpened(entity: string): void {
  useEffect(() => {
    if (!COMMON_ENTITIES.includes(entity))
      opened.set((before) => [entity, ...before.filter((name) => name !== entity)].slice(0, MAX_RECENT));
  }, [entity]);
}
