import type { EventDestination, WantedDestination } from './destination.ts';

/** What makes the destinations of one kind as the settings want them. */
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
 * Plans the destinations of one kind. Ours are those with the connection's mark, and those at its URL without a mark of
 * another connection. Stripe does not change the API version of an endpoint, so one with another version is replaced.
 */
export function planDestination(
  wanted: WantedDestination,
  found: readonly EventDestination[],
  { name, apiVersion, rollSecrets = false }: DestinationPlanOptions,
): DestinationPlan {
  const ours = found.filter(({ owner, url }) => owner === name || (owner === undefined && url === wanted.url));
  if (wanted.events.length === 0) return { wanted, kept: undefined, changes: [], surplus: ours };
  if (rollSecrets) return { wanted, kept: undefined, changes: [], surplus: [] };
  const usable = ours.filter((one) => one.kind === 'thin' || one.apiVersion === apiVersion);
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
