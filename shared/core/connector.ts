import type { Operation } from '../catalog/shapes.ts';
import { ConnectorError, invalid } from '../errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Settings } from '../connection/settings.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Door } from './run.ts';
import { suggestion } from './names.ts';

/** What every operation and action works with. */
export interface ConnectorParts {
  readonly catalogue: Catalogue;
  readonly door: Door;
  /** True where the connection speaks the catalogue's own API version. */
  readonly strict: boolean;
}

/** One connection as a trigger sees it: built once an instance by the composition root. */
export interface Connector {
  readonly settings: Settings;
  readonly parts: ConnectorParts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What a function answers. `status` is 207 where some rows of a clause failed. */
export interface Answer {
  readonly status: 200 | 207;
  readonly connectorOutputPayload: unknown;
  readonly listEntitiesNextPageToken?: string | null;
}

/** The entity's own name, or an error that says which there are. */
export function requireEntity(catalogue: Catalogue, written: string): string {
  const name = catalogue.nameOf(written);
  if (name !== undefined) return name;
  throw invalid([{ field: 'entity', description: `${written} is no entity${suggestion(written, catalogue.names())}` }]);
}

/** Refuses an operation that Stripe does not have for the entity, and says which it has. */
export function requireOperation(catalogue: Catalogue, entity: string, operation: Operation): void {
  const offered = catalogue.operationsOf(entity);
  if (offered.includes(operation)) return;
  throw new ConnectorError('UNIMPLEMENTED', `Stripe has no ${operation} for ${entity}; it has ${offered.join(', ')}`, {
    reason: 'OPERATION_NOT_OFFERED',
  });
}
