import type { EventDestination, WantedDestination } from './destination.ts';
import type { DestinationOwner } from './owner.ts';

/** The changes that make the destinations of one slot match the settings. */
export interface DestinationPlan {
  readonly wanted: WantedDestination;
  /** The destination that is kept; undefined if none is suitable, or if the settings require none. */
  readonly kept: EventDestination | undefined;
  /** The differences between `kept` and `wanted`, such as `enabled` or `+invoice.paid`. */
  readonly changes: readonly string[];
  /** Destinations of the connection to delete. They are deleted after `wanted` exists, so that no event is missed. */
  readonly surplus: readonly EventDestination[];
  /** With `rollSecrets`: the destinations that new ones replace. They are kept until the next sync. */
  readonly old: readonly EventDestination[];
  /** Destinations at the connection's URL that the connection does not own. They are not changed. */
  readonly foreign: readonly ForeignDestination[];
}

/** A destination at the connection's URL that is not marked as the connection's own. */
export interface ForeignDestination {
  readonly id: string;
  /** The mark of its owner; null without a mark. */
  readonly owner: string | null;
  /** True if `adopt` takes the destination over: it has no mark, or a former mark of this connection. */
  readonly adoptable: boolean;
  /**
   * Why the destination sends events twice and must be deleted at Stripe. `snapshot payload`: it is a destination of API
   * v2 for snapshot events. `no type selected`: the settings select no type of its family.
   */
  readonly problem?: 'snapshot payload' | 'no type selected';
}

export interface DestinationPlanOptions {
  readonly owner: DestinationOwner;
  readonly apiVersion: string;
  /** Takes over the adoptable destinations at the connection's URL. */
  readonly adopt?: boolean;
  /** Replaces the destinations by new ones, which have new secrets. The old ones stay until the next sync. */
  readonly rollSecrets?: boolean;
}

/**
 * Plans the destinations of one slot. The connection owns the destinations with its mark. With `adopt` it also takes
 * over destinations at its URL that have no mark or a former mark, if the settings require a destination. Stripe cannot
 * change the API version of an endpoint, or whose events a destination receives. A destination that differs in one of
 * these is replaced.
 */
export function planDestination(
  wanted: WantedDestination,
  found: readonly EventDestination[],
  { owner, apiVersion, adopt = false, rollSecrets = false }: DestinationPlanOptions,
): DestinationPlan {
  const isWanted = wanted.events.length > 0;
  const marked = found.filter((destination) => destination.owner === owner.mark && !destination.sendsSnapshots);
  const none = { wanted, kept: undefined, changes: [], surplus: [], old: [], foreign: [] };
  const unowned = found.filter((destination) => !marked.includes(destination) && destination.url === wanted.url);
  const isAdoptable = ({ owner: mark, sendsSnapshots }: EventDestination): boolean =>
    isWanted && !sendsSnapshots && (mark === undefined || owner.formerMarks.includes(mark));
  const adopted = adopt && !rollSecrets ? unowned.filter(isAdoptable) : [];
  const foreign = unowned
    .filter((destination) => !adopted.includes(destination))
    .map((destination): ForeignDestination => {
      const reported = { id: destination.id, owner: destination.owner ?? null, adoptable: isAdoptable(destination) };
      if (destination.sendsSnapshots) return { ...reported, problem: 'snapshot payload' };
      return isWanted ? reported : { ...reported, problem: 'no type selected' };
    });
  if (!isWanted) return { ...none, surplus: marked, foreign };
  if (rollSecrets) return { ...none, old: marked, foreign };
  // Marked destinations come first and are preferred, because the connection knows their signing secrets.
  const owned = [...marked, ...adopted];
  const usable = owned.filter(
    ({ from, family, apiVersion: version }) =>
      from === wanted.slot.from && (family === 'thin' || version === apiVersion),
  );
  // Stripe lists the newest destination first, so after a roll of the secrets the new one is kept.
  const kept = usable.find(({ url }) => url === wanted.url) ?? usable[0];
  const changes = kept === undefined ? [] : changesOf(kept, wanted, owner);
  return { ...none, kept, changes, surplus: owned.filter((destination) => destination !== kept), foreign };
}

/** Returns the types of a destination that the settings do not select. */
export function removedTypes(present: readonly string[], wanted: readonly string[]): string[] {
  return present.filter((type) => !wanted.includes(type));
}

/** Returns the differences between a destination and the settings. */
function changesOf(kept: EventDestination, { url, events }: WantedDestination, { mark }: DestinationOwner): string[] {
  const added = events.filter((type) => !kept.events.includes(type));
  return [
    ...(kept.url === url ? [] : [`url ${url}`]),
    ...(kept.enabled ? [] : ['enabled']),
    ...(kept.owner === mark ? [] : ['owner']),
    ...added.map((type) => `+${type}`),
    ...removedTypes(kept.events, events).map((type) => `-${type}`),
  ];
}
