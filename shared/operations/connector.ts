import { quoted } from '../bounds.ts';
import { suggestion } from '../catalog/names.ts';
import { UNSUPPORTED } from '../catalog/overrides.ts';
import type { Operation } from '../catalog/types.ts';
import type { Settings } from '../config/settings.ts';
import { ConnectorError, invalidArgument, type Effect } from '../errors.ts';
import type { LimitView } from '../rate-limiter/capacity.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { DeadLetterStore } from '../ports/dead-letter-store.ts';
import type { Log, RequestLog } from '../ports/log.ts';
import type { OperationStore } from '../idempotency/store.ts';
import type { Publisher } from '../ports/publisher.ts';
import type { RecentRequests } from '../stripe/recent-requests.ts';
import type { StripeClient } from '../stripe/client.ts';
import type { WebhookSecrets } from '../stripe/secrets/webhook-secrets.ts';
import type { WritePolicy } from '../stripe/write-policy/enforce.ts';

/** What every operation and action works with. */
export interface ConnectorDeps {
  readonly catalogue: Catalog;
  readonly stripe: StripeClient;
  readonly operations: OperationStore;
  /** Microseconds that an operation is remembered. */
  readonly operationsKeptUs: number;
  /** True where the connection speaks the catalogue's own API version. */
  readonly strict: boolean;
  /** Sent as Stripe-Version. */
  readonly apiVersion: string;
  readonly policy: WritePolicy;
  /** Rows that one call compares here at most. */
  readonly scanLimit: number;
  readonly log: Log;
}

/** One connection as a trigger sees it: built once an instance by the composition root. */
export interface Connector {
  readonly settings: Settings;
  readonly deps: ConnectorDeps;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: RequestLog;
  /** The Google Cloud project, where one is known. */
  readonly project?: string;
  /** Where Stripe is; undefined for Stripe itself. */
  readonly stripeBase?: string;
  /** The last transactions of this instance. */
  readonly recentRequests: RecentRequests;
  /** The limit as this instance sees it. */
  readonly limit: () => LimitView;
  readonly publisher: Publisher;
  readonly deadLetters: DeadLetterStore;
  readonly webhookSecrets: WebhookSecrets;
  /** What a deployment must name is open where the settings are silent. The local server alone grants it. */
  readonly open: boolean;
  /** Every function stands on this one server: the local one. */
  readonly local: boolean;
  /** Gives up what the fleet holds for this instance, when the platform ends it. */
  readonly shutdown: () => Promise<void>;
}

/** What a function answers. `status` is 207 where some rows of a clause failed. */
export interface OperationResult {
  readonly status: 200 | 207;
  readonly body: Readonly<Record<string, unknown>>;
  readonly effect: Effect;
}

export function operationResult(
  payload: unknown,
  effect: Effect,
  more: Readonly<Record<string, unknown>> = {},
): OperationResult {
  return { status: 200, body: { connectorOutputPayload: payload, ...more }, effect };
}

/** The entity's own name, or an error that says which there are. */
export function requireEntity(catalogue: Catalog, written: string): string {
  const name = catalogue.nameOf(written);
  if (name !== undefined) return name;
  const said = quoted(written);
  rejectUnsupported((row) => row.name.toLowerCase().startsWith(`${said.toLowerCase()}.`));
  throw invalidArgument([
    { field: 'entity', description: `${said} is no entity${suggestion(written, catalogue.names())}` },
  ]);
}

/** Refuses an operation that Stripe does not have for the entity, and says which it has. */
export function requireOperation(catalogue: Catalog, entity: string, operation: Operation): void {
  const offered = catalogue.operationsOf(entity);
  if (offered.includes(operation)) return;
  rejectUnsupported((row) => row.name === `${entity}.${operation}`);
  throw new ConnectorError('UNIMPLEMENTED', `Stripe has no ${operation} for ${entity}; it has ${offered.join(', ')}`, {
    reason: 'OPERATION_NOT_OFFERED',
  });
}

/** What Stripe has and we do not serve says why. */
export function rejectUnsupported(meant: (row: { readonly name: string }) => boolean): void {
  const unsupported = UNSUPPORTED.find(meant);
  if (unsupported !== undefined)
    throw new ConnectorError('UNIMPLEMENTED', `${unsupported.name} is not served: ${unsupported.reason}`, {
      reason: 'NOT_SUPPORTED',
    });
}
