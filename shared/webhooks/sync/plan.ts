import type { EventDestination, WantedDestination } from './destination.ts';

/** What makes the destinations in one place as the settings want them. */
export interface DestinationPlan {
  readonly wanted: WantedDestination;
  /** The one that stays; undefined if one must be created. */
  readonly kept: EventDestination | undefined;
  /** What is wrong with the one that stays; none if it is as wanted. */
  readonly changes: readonly string[];
  /** Deleted once the wanted one exists, so that no event is missed. */
  readonly surplus: readonly EventDestination[];
}

export interface DestinationPlanOptions {
  readonly name: string;
  readonly apiVersion: string;
  /** Replaces the destinations by new ones, which have new secrets. The old ones stay until the next sync. */
  readonly rollSecrets?: boolean;
}

/**
 * Plans the destinations in one place. Ours are those with the connection's mark, and those at its URL without a mark of
 * another connection, if one is wanted there. Stripe changes neither the API version of an endpoint nor whose events a
 * destination brings, so one that differs in these is replaced.
 */
export function planDestination(
  wanted: WantedDestination,
  found: readonly EventDestination[],
  { name, apiVersion, rollSecrets = false }: DestinationPlanOptions,
): DestinationPlan {
  const isMarked = ({ owner }: EventDestination): boolean => owner === name;
  if (wanted.events.length === 0) return { wanted, kept: undefined, changes: [], surplus: found.filter(isMarked) };
  const ours = found.filter((one) => isMarked(one) || (one.owner === undefined && one.url === wanted.url));
  if (rollSecrets) return { wanted, kept: undefined, changes: [], surplus: [] };
  const usable = ours.filter(
    (one) => one.from === wanted.slot.from && (one.family === 'thin' || one.apiVersion === apiVersion),
  );
  // Stripe lists the newest first: after a roll of the secrets that one stays.
  const kept = usable.find(({ url }) => url === wanted.url) ?? usable[0];
  const changes = kept === undefined ? [] : changesOf(kept, wanted, name);
  return { wanted, kept, changes, surplus: ours.filter((one) => one !== kept) };
}

function changesOf(kept: EventDestination, { url, events }: WantedDestination, name: string): string[] {
  const added = events.filter((type) => !kept.events.includes(type));
  const removed = kept.events.filter((type) => !events.includes(type));
  return [
    ...(kept.url === url ? [] : [`url ${url}`]),
    ...(kept.enabled ? [] : ['enabled']),
    ...(kept.owner === name ? [] : ['owner']),
    ...added.map((type) => `+${type}`),
    ...removed.map((type) => `-${type}`),
  ];
}
