import { integer, oneOf, rate } from '../validators.ts';
import { setting } from './setting.ts';

/** The default of `max_body_bytes`. It also applies if the settings cannot be read. */
export const DEFAULT_MAX_BODY_BYTES = 262_144;
/**
 * The maximum of `max_body_bytes`: 14 MiB, enough for a file of 10 MB in base64 and the other parameters of its
 * request.
 */
export const MAX_BODY_BYTES = 14_680_064;

/** The maximum of `maxAffected`, which `max_affected` can lower. */
export const MAX_AFFECTED = 10_000;

/** Settings that limit a connection: requests per second, sizes, times, and what is stored of an operation. */
export const limitSettings = () => ({
  min_nodes: setting('minimum number of nodes, 0 to max_nodes', integer(0, 100), 2),
  max_nodes: setting('maximum number of nodes, 1 to 100', integer(1, 100), 50),
  limit_scope: setting(
    'node: 6 a second for each node; connection: 6 a second in all',
    oneOf(['node', 'connection']),
    'node',
  ),
  max_wait_ms: setting(
    'milliseconds that a call may wait for the rate limiter; 0 rejects immediately',
    integer(0, 600_000),
    5000,
  ),
  max_body_bytes: setting(
    'maximum bytes of a request body; larger ones are rejected (413); a file of 10 MB needs 14680064',
    integer(1024, MAX_BODY_BYTES),
    DEFAULT_MAX_BODY_BYTES,
  ),
  max_affected: setting(
    'maximum of maxAffected, the rows that one Update or Delete by clause may write; lowers its default too',
    integer(1, MAX_AFFECTED),
    MAX_AFFECTED,
  ),
  deadline_ms: setting('deadline of a call in milliseconds', integer(1000, 3_500_000), 50_000),
  // The minimum of 2 days is longer than the 24 hours after which Stripe may remove an idempotency key of API v1:
  // https://docs.stripe.com/api/idempotent_requests
  operation_retention_days: setting('days for which the outcome of an operationId is kept', integer(2, 365), 30),
  // With either value the record contains the payload's hash, the idempotency key and the state, which make a repeat
  // safe.
  operation_record: setting(
    "what is stored of Stripe's response to an operationId: object, which a repeat returns; id, by which a repeat reads the object from Stripe as it is then",
    oneOf(['object', 'id']),
    'object',
  ),
  account_ceiling: setting(
    'maximum requests per second to the Stripe account; default 100 with a live key, 25 with a test key',
    rate(),
  ),
  endpoint_ceiling: setting(
    'maximum requests per second to each Stripe endpoint: a method and a path without ids; above 25 with a warning',
    rate(),
    25,
  ),
  search_ceiling: setting('maximum requests per second to the Search API; above 20 with a warning', rate(), 20),
  files_ceiling: setting(
    'maximum requests per second that read files, and that write files; above 20 with a warning',
    rate(),
    20,
  ),
});
