import * as z from 'zod/mini';
import { lazy } from '../memoize.ts';
import { EVENT_TYPES } from './event-type.ts';
import {
  account,
  accounts,
  amounts,
  boolean,
  currencies,
  hostAndPort,
  integer,
  labels,
  oneOf,
  rate,
  secretVersion,
  secretVersions,
  stringList,
  text,
  topic,
} from './validators.ts';

/** Also applies if the settings cannot be read. */
export const DEFAULT_MAX_BODY_BYTES = 262_144;
/** Fits a file of 10 MB in base64 with its other parameters. */
export const MAX_BODY_BYTES = 14_680_064;

/**
 * The settings of a connection: one JSON document in snake_case. setting-descriptions.ts documents each, and a test
 * compares shared/config/README.md and the Terraform variables with it.
 */
export const settingsSchema = lazy(() => {
  const off = z._default(boolean(), false);
  const optionalTopic = z.optional(topic());
  const optionalSecret = z.optional(secretVersion());
  return z.strictObject({
    name: text(
      /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'lowercase letters, digits and hyphens, starting with a letter, not ending with a hyphen, at most 63 characters',
    ),
    region: text(/^[a-z][a-z0-9-]{0,62}$/, 'a Google Cloud location, such as europe-west1'),
    connector_version: z._default(oneOf(['1']), '1'),
    description: z.optional(text(/^[^]{0,1024}$/, 'at most 1024 characters')),
    labels: z._default(labels(), {}),
    service_account: z.optional(
      text(
        /^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}\.gserviceaccount\.com$/,
        'the e-mail address of a service account, ...gserviceaccount.com',
      ),
    ),
    min_nodes: z._default(integer(0, 100), 2),
    max_nodes: z._default(integer(1, 100), 50),
    limit_scope: z._default(oneOf(['node', 'connection']), 'node'),
    max_wait_ms: z._default(integer(0, 600_000), 5000),
    max_body_bytes: z._default(integer(1024, MAX_BODY_BYTES), DEFAULT_MAX_BODY_BYTES),
    deadline_ms: z._default(integer(1000, 3_500_000), 50_000),
    // Longer than the day for which Stripe keeps a key: https://docs.stripe.com/api/idempotent_requests
    operation_retention_days: z._default(integer(2, 365), 30),
    account_ceiling: z.optional(rate()),
    endpoint_ceiling: z._default(rate(), 25),
    search_ceiling: z._default(rate(), 20),
    files_ceiling: z._default(rate(), 20),
    api_key: optionalSecret,
    account_id: z.optional(account()),
    allowed_accounts: z._default(accounts(1000), []),
    proxy_enabled: off,
    proxy_server: z.optional(hostAndPort()),
    proxy_auth_scheme: z.optional(oneOf(['BASIC', 'DIGEST', 'NONE'])),
    proxy_user: z.optional(text(/^[^:\r\n]{1,255}$/, '1 to 255 characters without a colon')),
    proxy_password: optionalSecret,
    proxy_ssltype: z.optional(
      z.pipe(
        oneOf(['AUTO', 'ALWAYS', 'NEVER', 'TUNNEL', 'SELECTED']),
        z.transform((type) => (type === 'SELECTED' ? 'TUNNEL' : type)),
      ),
    ),
    verbosity: z._default(oneOf(['1', '2', '3', '4', '5']), '1'),
    api_version: z.optional(text(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/, 'a Stripe API version such as 2024-04-10')),
    output_format: z._default(oneOf(['connector', 'native']), 'connector'),
    scan_limit: z._default(integer(100, 1_000_000), 10_000),
    read_only: off,
    allowed_currencies: z.optional(currencies()),
    max_amounts: z.optional(amounts()),
    allow_unbounded: z.optional(
      stringList(
        /^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$/,
        'at most 1000 operations (Refund.Create) and actions (PayInvoice), each by its name',
        1000,
      ),
    ),
    automation_topic: optionalTopic,
    automation_allowlist: z.optional(
      stringList(
        /^(\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)$/,
        'at most 1000 operations (Create, Customer.Create) and actions, or *',
        1000,
      ),
    ),
    results_topic: optionalTopic,
    dead_letter_topic: optionalTopic,
    max_delivery_attempts: z._default(integer(5, 100), 100),
    events_topic: optionalTopic,
    event_types: z._default(
      stringList(EVENT_TYPES, "1 to 500 types of Stripe's events: invoice.paid, invoice.*, or *", 500, 1),
      ['*'],
    ),
    event_payload: z._default(oneOf(['snapshot', 'thin']), 'snapshot'),
    events_refetch: z.optional(boolean()),
    webhook_secrets: z._default(secretVersions(5), []),
    webhook_url: z.optional(text(/^https?:\/\/[^\s/]+(\/\S*)?$/, 'an http or https URL')),
    expose: z.optional(oneOf(['discovery', 'reads', 'all'])),
    explorer: off,
    tools_allowlist: z.optional(
      stringList(
        /^(\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)$/,
        'at most 1000 operations (List, Customer.Create) and actions, or *',
        1000,
      ),
    ),
    operations_allowlist: z.optional(
      stringList(
        /^(\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)$/,
        'at most 1000 operations (Get, Customer.Create) and actions, or *',
        1000,
      ),
    ),
    suspended: off,
  });
});

/** The parsed document, with its defaults. */
export type ParsedSettings = Readonly<z.output<ReturnType<typeof settingsSchema>>>;
