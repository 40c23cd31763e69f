import { shown } from '../bounds.ts';
import { suggestion } from '../catalog/names.ts';
import { NOT_SERVED } from '../catalog/overrides.ts';
import type { Operation } from '../catalog/types.ts';
import type { Settings } from '../config/settings.ts';
import { ConnectorError, invalid, type Effect } from '../errors.ts';
import type { LimitView } from '../rate-limiter/capacity.ts';
import type { Catalogue } from '../ports/catalog.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { DeadLetters } from '../ports/dead-letter-store.ts';
import type { Log, RequestLog } from '../ports/log.ts';
import type { OperationStore } from '../idempotency/store.ts';
import type { Publisher } from '../ports/publisher.ts';
import type { Activity } from '../stripe/recent-requests.ts';
import type { Door } from '../stripe/client.ts';
import type { WebhookSecrets } from '../stripe/secrets/webhook-secrets.ts';
import type { WritePolicy } from '../stripe/write-policy/enforce.ts';

/** What every operation and action works with. */
export interface ConnectorParts {
  readonly catalogue: Catalogue;
  readonly door: Door;
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
  readonly parts: ConnectorParts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: RequestLog;
  /** The Google Cloud project, where one is known. */
  readonly project?: string;
  /** Where Stripe is; undefined for Stripe itself. */
  readonly stripeBase?: string;
  /** The last transactions of this instance. */
  readonly activity: Activity;
  /** The limit as this instance sees it. */
  readonly limit: () => LimitView;
  readonly publisher: Publisher;
  readonly deadLetters: DeadLetters;
  readonly webhookSecrets: WebhookSecrets;
  /** What a deployment must name is open where the settings are silent. The local server alone grants it. */
  readonly open: boolean;
  /** Every function stands on this one server: the local one. */
  readonly local: boolean;
  /** Gives up what the fleet holds for this instance, when the platform ends it. */
  readonly end: () => Promise<void>;
}

/** What a function answers. `status` is 207 where some rows of a clause failed. */
export interface Answer {
  readonly status: 200 | 207;
  readonly body: Readonly<Record<string, unknown>>;
  readonly effect: Effect;
}

export function answered(payload: unknown, effect: Effect, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { status: 200, body: { connectorOutputPayload: payload, ...more }, effect };
}

/** The entity's own name, or an error that says which there are. */
export function requireEntity(catalogue: Catalogue, written: string): string {
  const name = catalogue.nameOf(written);
  if (name !== undefined) return name;
  const said = shown(written);
  refuseNotServed((row) => row.name.toLowerCase().startsWith(`${said.toLowerCase()}.`));
  throw invalid([{ field: 'entity', description: `${said} is no entity${suggestion(written, catalogue.names())}` }]);
}

/** Refuses an operation that Stripe does not have for the entity, and says which it has. */
export function requireOperation(catalogue: Catalogue, entity: string, operation: Operation): void {
  const offered = catalogue.operationsOf(entity);
  if (offered.includes(operation)) return;
  refuseNotServed((row) => row.name === `${entity}.${operation}`);
  throw new ConnectorError('UNIMPLEMENTED', `Stripe has no ${operation} for ${entity}; it has ${offered.join(', ')}`, {
    reason: 'OPERATION_NOT_OFFERED',
  });
}

/** What Stripe has and we do not serve says why. */
export function refuseNotServed(meant: (row: { readonly name: string }) => boolean): void {
  const row = NOT_SERVED.find(meant);
  if (row !== undefined)
    throw new ConnectorError('UNIMPLEMENTED', `${row.name} is not served: ${row.reason}`, { reason: 'NOT_SERVED' });
}
