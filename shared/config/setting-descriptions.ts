import * as z from 'zod/mini';
import { settingsSchema, type ParsedSettings } from './settings-schema.ts';

/** The description of each setting, for the settings page and Terraform. */
const DESCRIPTIONS: Readonly<Record<keyof ParsedSettings, string>> = {
  name: 'name of the connection: lowercase letters, digits, hyphens; at most 63 characters',
  region: 'Google Cloud location',
  connector_version: 'the only version is "1"',
  description: 'set on every cloud resource that has the field',
  labels: 'set on every cloud resource that has the field',
  service_account: 'e-mail of the service account; required in the cloud',
  min_nodes: 'minimum number of nodes, 0 to max_nodes',
  max_nodes: 'maximum number of nodes, 1 to 100',
  limit_scope: 'node: 6 a second for each node; connection: 6 a second in all',
  max_wait_ms: 'milliseconds that a call may wait for the rate limiter; 0 rejects immediately',
  max_body_bytes: 'maximum bytes of a request body; larger ones are rejected (413); a file of 10 MB needs 14680064',
  deadline_ms: 'deadline of a call in milliseconds',
  operation_retention_days: 'days for which the outcome of an operationId is kept',
  account_ceiling: 'maximum requests per second to the Stripe account; default 100 with a live key, 25 with a test key',
  endpoint_ceiling:
    'maximum requests per second to each Stripe endpoint: a method and a path without ids; above 25 with a warning',
  search_ceiling: 'maximum requests per second to the Search API; above 20 with a warning',
  files_ceiling: 'maximum requests per second that read files, and that write files; above 20 with a warning',
  api_key: 'Secret Manager version of the API key; required in the cloud',
  account_id: 'Stripe Connect account of every call',
  allowed_accounts: 'Connect accounts that a call may use instead',
  proxy_enabled: 'HTTP proxy; when false the other proxy settings must be absent',
  proxy_server: 'host and port of the proxy',
  proxy_auth_scheme: 'default NONE',
  proxy_user: 'required unless the scheme is NONE',
  proxy_password: 'Secret Manager version; required unless the scheme is NONE',
  proxy_ssltype: 'default AUTO; SELECTED is an alias of TUNNEL',
  verbosity: '1 errors, 2 one line per request to Stripe; 3 to 5 add headers, bodies, TLS',
  api_version: "value of the Stripe-Version header; default the SDK's version",
  output_format: 'format of the output; a call may override it',
  scan_limit: 'maximum rows that one call filters in the connector if Stripe cannot filter them',
  read_only: 'rejects every write',
  allowed_currencies: 'currencies that a write may use, lower case; default all',
  max_amounts: 'maximum amount of a write by currency, in its minor unit; other currencies are rejected',
  allow_unbounded:
    'operations (Refund.Create) and actions (PayInvoice) that are sent although max_amounts cannot limit them; default none',
  automation_topic: 'Pub/Sub topic of the messages that request operations',
  automation_allowlist:
    'operations (Create, Customer.Create) and actions that messages may request, or *; default List, Get; all if open locally',
  results_topic: 'Pub/Sub topic for the results of messages; without it none are published',
  dead_letter_topic: 'Pub/Sub topic for requests that failed permanently; required for automation unless open locally',
  max_delivery_attempts: 'maximum deliveries of one message, 5 to 100; then it is dead-lettered',
  events_topic: "Pub/Sub topic for Stripe's events; required for stripe-events",
  event_types: "types of Stripe's events to publish: invoice.paid, invoice.*, or *",
  event_payload:
    "how Stripe sends events that it has in both forms: snapshot, or thin (the object's id only, read on arrival)",
  events_refetch:
    "publishes the object's current state, read through the rate limiter: true always, false never; default thin events only",
  webhook_secrets:
    'Secret Manager versions of the signing secrets, several during a rotation; required for stripe-events in the cloud',
  webhook_url: 'URL of the deployed stripe-events function, for npm run webhooks',
  expose:
    'what the function connection exposes in addition to health: discovery, reads (with discovery) or all; default reads; all if open locally',
  explorer: 'serves the explorer at / of the function connection; always if open locally',
  tools_allowlist:
    'operations (List, Customer.Create) and actions that the function tools offers to MCP clients, or *; default none; all if open locally',
  operations_allowlist:
    'operations (Get, Customer.Create) and actions that calls over HTTP may request, or *; default all, for the function single List, Get',
  suspended: 'rejects every call with CONNECTION_SUSPENDED',
};

interface SettingRow {
  readonly name: string;
  readonly description: string;
  /** Undefined if the setting has no default. */
  readonly default: unknown;
  readonly required: boolean;
}

/**
 * Returns every setting with its description and default, in the order of the schema. Tests compare the page and Terraform
 * with it.
 */
export function settingRows(): SettingRow[] {
  return Object.entries(settingsSchema().shape).map(([name, schema]) => ({
    name,
    description: DESCRIPTIONS[name as keyof ParsedSettings],
    default: schema instanceof z.ZodMiniDefault ? schema.def.defaultValue : undefined,
    required: !z.safeParse(schema, undefined).success,
  }));
}
