import type { Discovery } from './discovery.ts';

export interface Selection {
  readonly entities: readonly string[];
  readonly actions: readonly string[];
  /** Nothing was named: it is all of them. */
  readonly all: boolean;
}

/** `Customer,Invoice` and `PayInvoice`: those by their own names; with neither all, with one of them no other kind. Each once, however often it is named. */
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
