import { quoted } from '../bounds.ts';
import { suggestion } from '../catalog/names.ts';
import { UNSUPPORTED_METHODS } from '../catalog/overrides.ts';
import type { Operation } from '../catalog/types.ts';
import type { Settings } from '../config/settings.ts';
import { ConnectorError, invalidArgument, type Effect } from '../errors.ts';
import type { LimitView } from '../rate-limiter/capacity.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { WatchedInbox } from '../event-inbox/watched.ts';
import type { DeadLetterStore } from '../ports/dead-letter-store.ts';
import type { Log, RequestLog } from '../ports/log.ts';
import type { OperationStore } from '../idempotency/store.ts';
import type { Publisher } from '../ports/publisher.ts';
import type { RecentRequests } from '../stripe/activity/recent-requests.ts';
import type { StripeClient } from '../stripe/client.ts';
import type { WebhookSecrets } from '../stripe/secrets/webhook-secrets.ts';
import type { RequestLimits } from './request/limits.ts';
import type { WritePolicy } from '../stripe/write-policy/enforce.ts';

/** The dependencies of every operation and action. */
export interface ConnectorDeps {
  readonly catalog: Catalog;
  readonly stripe: StripeClient;
  readonly operations: OperationStore;
  /** Microseconds for which an operation's record is kept. */
  readonly operationRetentionUs: number;
  /** What a record stores of Stripe's response. */
  readonly operationRecord: 'object' | 'id';
  /** True if the connection uses the API version of the catalog. */
  readonly strict: boolean;
  /** Value of the Stripe-Version header. */
  readonly apiVersion: string;
  readonly policy: WritePolicy;
  readonly limits: RequestLimits;
  /** Limit of the rows that the connector itself filters in one call. */
  readonly scanLimit: number;
  readonly log: Log;
}

/** One connection as its triggers use it. The composition root builds it once per instance. */
export interface Connector {
  readonly settings: Settings;
  readonly deps: ConnectorDeps;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: RequestLog;
  /** The Google Cloud project, if known. */
  readonly project?: string | undefined;
  /** Base URL of the Stripe server. Undefined for Stripe itself. */
  readonly stripeBase?: string | undefined;
  /** The latest requests to Stripe of this instance. */
  readonly recentRequests: RecentRequests;
  /** Returns the rate limit as this instance sees it. */
  readonly limit: () => LimitView;
  readonly publisher: Publisher;
  readonly deadLetters: DeadLetterStore;
  /** The Stripe events that the webhook received. */
  readonly inbox: WatchedInbox;
  readonly webhookSecrets: WebhookSecrets;
  /** True on an open local server, where an allowlist that is not set allows everything (see `Exposure`). */
  readonly open: boolean;
  /**
   * True if one function serves every operation. IAM cannot restrict a caller to some operations of a function, so this
   * function only permits reads by default.
   */
  readonly servesAll?: boolean;
  /** True on the local server, which runs all functions on one port. */
  readonly local: boolean;
  /** Removes the instance from the nodes that share the rate limit. Called when the platform shuts down the instance. */
  readonly shutdown: () => Promise<void>;
}

/** Returns the connection's resource name, which is unique among all deployments: `projects/p/locations/l/connections/c`. */
export function resourceNameOf({ settings, project = 'local' }: Pick<Connector, 'settings' | 'project'>): string {
  return `projects/${project}/locations/${settings.region}/connections/${settings.name}`;
}

/** The result of a function. `status` is 207 if some rows of a bulk write failed or were not started. */
export interface OperationResult {
  readonly status: 200 | 207;
  readonly body: Readonly<Record<string, unknown>>;
  readonly effect: Effect;
}

/** Returns a result with status 200. */
export function operationResult(
  payload: unknown,
  effect: Effect,
  otherFields: Readonly<Record<string, unknown>> = {},
): OperationResult {
  return { status: 200, body: { connectorOutputPayload: payload, ...otherFields }, effect };
}

/**
 * Returns the entity's canonical name. Throws INVALID_ARGUMENT with similar names for an unknown name, and
 * UNIMPLEMENTED with the reason for an entity that the connector deliberately does not support.
 */
export function requireEntity(catalog: Catalog, requestedName: string): string {
  const name = catalog.nameOf(requestedName);
  if (name !== undefined) return name;
  const text = quoted(requestedName);
  rejectIfUnsupported((method) => method.name.toLowerCase().startsWith(`${text.toLowerCase()}.`));
  throw invalidArgument([
    { field: 'entity', description: `${text} is not an entity${entitySuggestion(requestedName, catalog.names())}` },
  ]);
}

/**
 * Suggests entities, also for a name without its namespace (`TestClock` is TestHelpers.TestClock), and for the beginning
 * of a name (`Payment`).
 */
function entitySuggestion(name: string, known: readonly string[]): string {
  const lower = name.toLowerCase();
  if (lower === '') return '';
  const found = known.filter((entity) => entity.toLowerCase().endsWith(`.${lower}`));
  if (found.length > 0) return suggestionText(found);
  const near = suggestion(name, known);
  if (near !== '') return near;
  const longer = known.filter((entity) => entity.toLowerCase().startsWith(lower));
  return suggestionText(longer.toSorted((a, b) => a.length - b.length));
}

function suggestionText(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.slice(0, 3).join(' or ')}?`;
}

/**
 * Throws UNIMPLEMENTED if Stripe does not support the operation for the entity, with the supported operations. An
 * operation that the connector deliberately does not support has an error with the reason.
 */
export function requireOperation(catalog: Catalog, entity: string, operation: Operation): void {
  const supported = catalog.operationsOf(entity);
  if (supported.includes(operation)) return;
  rejectIfUnsupported((method) => method.name === `${entity}.${operation}`);
  throw new ConnectorError(
    'UNIMPLEMENTED',
    `Stripe does not support ${operation} for ${entity}; supported are ${supported.join(', ')}`,
    {
      reason: 'OPERATION_NOT_OFFERED',
    },
  );
}

/** Throws UNIMPLEMENTED with the reason if the connector deliberately does not support something that Stripe has. */
export function rejectIfUnsupported(isRequested: (method: { readonly name: string }) => boolean): void {
  const unsupported = UNSUPPORTED_METHODS.find(isRequested);
  if (unsupported !== undefined)
    throw new ConnectorError('UNIMPLEMENTED', `${unsupported.name} is not supported: ${unsupported.reason}`, {
      reason: 'NOT_SUPPORTED',
    });
}
