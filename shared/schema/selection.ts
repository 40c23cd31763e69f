import type { Discovery } from './discovery.ts';

export interface Selection {
  readonly entities: readonly string[];
  readonly actions: readonly string[];
  /** True if no names were requested, so that all are selected. */
  readonly all: boolean;
}

/**
 * Selects entities (`Customer,Invoice`) and actions (`PayInvoice`) by their names. Without any names it selects all. If
 * only entities are named, it selects no actions. If only actions are named, it selects no entities.
 */
export function selectionOf(
  discovery: Discovery,
  entities: string | undefined,
  actions: string | undefined,
): Selection {
  const all = entities === undefined && actions === undefined;
  if (all) return { entities: discovery.entityNames(), actions: discovery.actionNames(), all };
  return {
    entities: [...new Set(namesIn(entities).map((name) => discovery.entity(name).name))],
    actions: [...new Set(namesIn(actions).map((name) => discovery.action(name).name))],
    all,
  };
}

function namesIn(list = ''): string[] {
  return list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}
