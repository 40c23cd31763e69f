import type { EventDestination, WantedDestination } from './destination.ts';
import type { DestinationOwner } from './owner.ts';

/** What makes the destinations in one place as the settings want them. */
export interface DestinationPlan {
  readonly wanted: WantedDestination;
  /** The one that stays; undefined if one must be created. */
  readonly kept: EventDestination | undefined;
  /** What is wrong with the one that stays; none if it is as wanted. */
  readonly changes: readonly string[];
  /** Deleted once the wanted one exists, so that no event is missed. */
  readonly surplus: readonly EventDestination[];
  /** The connection's own ones of before a roll of the secrets; none otherwise. They stay until the next sync. */
  readonly old: readonly EventDestination[];
  /** Destinations at the connection's URL that it does not own. They stay as they are. */
  readonly foreign: readonly ForeignDestination[];
}

/** A destination at the connection's URL that is not marked as the connection's own. */
export interface ForeignDestination {
  readonly id: string;
  /** The mark of its owner; null without a mark. */
  readonly owner: string | null;
  /** Whether `adopt` takes it over: it has no mark, or one that this connection left before. */
  readonly adoptable: boolean;
  /**
   * Why it brings events twice and must be deleted at Stripe: it is a destination of API v2 for snapshot events, or the
   * settings select no type of its family. Absent for the others.
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
 * Plans the destinations in one place. Ours are those with the connection's mark, and with `adopt` those at its URL that
 * have no mark, if one is wanted there. Stripe changes neither the API version of an endpoint nor whose events a
 * destination brings, so one that differs in these is replaced.
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
  // Its own signing secret is known, so a marked one is kept rather than an adopted one.
  const ours = [...marked, ...adopted];
  const usable = ours.filter(
    ({ from, family, apiVersion: version }) =>
      from === wanted.slot.from && (family === 'thin' || version === apiVersion),
  );
  // Stripe lists the newest first: after a roll of the secrets that one stays.
  const kept = usable.find(({ url }) => url === wanted.url) ?? usable[0];
  const changes = kept === undefined ? [] : changesOf(kept, wanted, owner);
  return { ...none, kept, changes, surplus: ours.filter((destination) => destination !== kept), foreign };
}

/** Returns the types that a destination has and should not have. */
export function removedTypes(present: readonly string[], wanted: readonly string[]): string[] {
  return present.filter((type) => !wanted.includes(type));
}

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
