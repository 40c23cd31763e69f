/** What operations work with, around a Stripe client of the test: the whole catalog, operation records in memory. */
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import type { ConnectorDeps } from '../../shared/operations/connector.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import type { StripeClient } from '../../shared/stripe/client.ts';
import { ALLOW_ALL } from '../../shared/stripe/write-policy/enforce.ts';
import { VirtualClock } from './virtual-clock.ts';

/** One for all tests of a process: the catalog reads each entity once. */
export const CATALOG = catalogFiles('shared/catalog');

/** A connection of the catalog's API version whose settings lower no limit. */
export const TOOL_CONNECTION = { strict: true, limits: REQUEST_LIMITS };

const DAY_US = 86_400_000_000;

export function testDeps(stripe: StripeClient, more: Partial<ConnectorDeps> = {}): ConnectorDeps {
  return {
    catalog: CATALOG,
    stripe,
    operations: memoryOperations(new VirtualClock()),
    operationRetentionUs: 30 * DAY_US,
    operationRecord: 'object',
    strict: true,
    apiVersion: 'test',
    policy: ALLOW_ALL,
    limits: REQUEST_LIMITS,
    scanLimit: 10_000,
    log: { write: () => undefined },
    ...more,
  };
}
