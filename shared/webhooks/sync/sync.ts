import { subscriptionsOf } from '../../config/subscriptions.ts';
import { ConnectorError, settingsInvalid } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import {
  createEventDestination,
  deleteDestination,
  destinationsOf,
  updateDestination,
  type EventDestination,
} from './destination.ts';
import { ownerOf } from './owner.ts';
import { planDestination, removedTypes, type DestinationPlan, type ForeignDestination } from './plan.ts';
import { destinationSlots, type DestinationKind, type DestinationSlot } from './slots.ts';

export interface SyncOptions {
  /** Stores the signing secret of a new destination. Without this function no destination is created. */
  readonly keepSecret?: ((secret: string, kind: DestinationKind) => void) | undefined;
  /** True to return what would be changed, and change nothing. */
  readonly dryRun?: boolean;
  /** True to replace the destinations by new ones, which have new secrets. The next sync deletes the old ones. */
  readonly rollSecrets?: boolean;
  /** True to take over the destinations at `webhook_url` that have no mark, or a former mark of this connection. */
  readonly adopt?: boolean;
}

/** The result of a sync, or of its plan, for one kind of destination. */
export interface SyncResult {
  readonly kind: DestinationKind;
  /** Undefined if there is no destination, or if a dry run would create it. */
  readonly id: string | undefined;
  readonly created: boolean;
  /** What was changed, or what a dry run would change: `url ...`, `enabled`, `owner`, `+type`, `-type`. */
  readonly changes: readonly string[];
  /** Surplus destinations of this connection that were deleted, or that a dry run would delete. */
  readonly removed: readonly string[];
  /** Destinations at `webhook_url` that this connection does not own. They are not changed. */
  readonly foreign: readonly ForeignDestination[];
}

/**
 * Makes the destinations of the connection at Stripe match the settings: webhook endpoints for snapshot events, and
 * event destinations for thin events. Each receives the events of the own account, of connected accounts, or of both.
 * No type is subscribed in both families. Only destinations with this connection's mark are changed or deleted, and
 * with `adopt` also those at `webhook_url` that have no mark or a former mark.
 */
export async function syncWebhooks(connector: Connector, options: SyncOptions = {}): Promise<SyncResult[]> {
  const { settings, deps } = connector;
  const url = settings.webhookUrl;
  if (url === undefined) throw settingsInvalid('webhook_url is required; set it to the URL of stripe-events');
  const events = subscriptionsOf(settings, deps.catalog);
  const { rollSecrets = false, adopt = false } = options;
  const plans: DestinationPlan[] = [];
  const listed = new Map<string, Promise<EventDestination[]>>();
  const listOf = ({ family, account }: DestinationSlot): Promise<EventDestination[]> => {
    const key = `${family} ${account ?? ''}`;
    const list = listed.get(key) ?? destinationsOf(connector, family, account);
    listed.set(key, list);
    return list;
  };
  for (const slot of destinationSlots(settings)) {
    const found = (await listOf(slot)).filter(({ from }) => slot.matchingFrom.includes(from));
    plans.push(
      planDestination({ slot, url, events: slot.isRequired ? events[slot.family] : [] }, found, {
        owner: ownerOf(connector),
        apiVersion: deps.apiVersion,
        rollSecrets,
        adopt,
      }),
    );
  }
  const needsSecret = plans.some(isCreated);
  if (needsSecret && options.dryRun !== true && options.keepSecret === undefined)
    throw new ConnectorError(
      'FAILED_PRECONDITION',
      `a new endpoint is needed; name the file for its signing secret with --secret-file${adoptHint(plans)}`,
      {
        reason: 'SECRET_FILE_REQUIRED',
      },
    );
  if (rollSecrets) requireSameTypes(plans);
  const applied = new Map<DestinationPlan, SyncResult>();
  for (const plan of removalsFirst(plans)) applied.set(plan, await applyPlan(connector, plan, options));
  const results = plans.flatMap((plan) => applied.get(plan) ?? []);
  // A kind without a destination, before and after the sync, is not reported.
  return results.filter(
    ({ id, created, removed, foreign }) => id !== undefined || created || removed.length > 0 || foreign.length > 0,
  );
}

/** Returns the part of an error that names the destinations that `--adopt` would take over. */
function adoptHint(plans: readonly DestinationPlan[]): string {
  const adoptable = plans.flatMap(({ foreign }) => foreign.filter((destination) => destination.adoptable));
  const ids = adoptable.map(({ id }) => id).join(', ');
  return ids === '' ? '' : `, or take over what is at webhook_url without a mark (${ids}) with --adopt`;
}

/** Returns whether a plan creates a destination. */
function isCreated({ wanted, kept }: DestinationPlan): boolean {
  return kept === undefined && wanted.events.length > 0;
}

/**
 * Throws if the settings have removed types since the last sync. The old destinations stay while the secrets are
 * rolled, so a type that moved to the other family would be subscribed in both.
 */
function requireSameTypes(plans: readonly DestinationPlan[]): void {
  const isOutdated = ({ old, wanted: { events: wanted } }: DestinationPlan): boolean =>
    !wanted.includes('*') && old.some(({ events }) => removedTypes(events, wanted).length > 0);
  if (!plans.some(isOutdated)) return;
  throw new ConnectorError(
    'FAILED_PRECONDITION',
    'endpoints at Stripe have types that the settings do not select; run webhooks sync before --roll-secrets',
    { reason: 'ENDPOINTS_OUTDATED' },
  );
}

/** Returns the plans that remove types first, so that no type is subscribed in both families in between. */
function removalsFirst(plans: readonly DestinationPlan[]): DestinationPlan[] {
  const removesTypes = ({ kept, wanted }: DestinationPlan): boolean =>
    wanted.events.length === 0 || removedTypes(kept?.events ?? [], wanted.events).length > 0;
  return [...plans.filter(removesTypes), ...plans.filter((plan) => !removesTypes(plan))];
}

/** Creates, changes and deletes the destinations of a plan. A dry run changes nothing. */
async function applyPlan(
  connector: Connector,
  plan: DestinationPlan,
  { keepSecret, dryRun = false }: SyncOptions,
): Promise<SyncResult> {
  const { wanted, kept, changes, surplus, foreign } = plan;
  const created = isCreated(plan);
  const { slot } = wanted;
  const result = { kind: slot.kind, created, changes, removed: surplus.map(({ id }) => id), foreign };
  if (dryRun) return { ...result, id: kept?.id };
  let id = kept?.id;
  if (created) {
    const destination = await createEventDestination(connector, wanted);
    keepSecret?.(destination.secret, slot.kind);
    id = destination.id;
  }
  if (kept !== undefined && changes.length > 0) await updateDestination(connector, kept, wanted);
  for (const destination of surplus) await deleteDestination(connector, slot, destination);
  return { ...result, id };
}
