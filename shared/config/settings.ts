import * as z from 'zod';
import { suggestion } from '../catalog/names.ts';
import { settingsInvalid, type FieldViolation } from '../errors.ts';
import { optional, withDefault, readFields, required, type FieldIssue, type Read } from '../fields.ts';
import {
  account,
  accounts,
  amounts,
  currencies,
  hostAndPort,
  labels,
  oneOf,
  rate,
  secretVersion,
  secretVersions,
  text,
  stringList,
  topic,
  integer,
  boolean,
} from './validators.ts';
import { EVENT_TYPES } from './event-type.ts';

/**
 * The settings of a connection: one JSON document in snake_case, parsed once. The descriptions are the documentation: a
 * test compares shared/config/README.md with them.
 */

/** Also applies if the settings cannot be read. */
export const DEFAULT_MAX_BODY_BYTES = 262_144;
/** Fits a file of 10 MB in base64 with its other parameters. */
export const MAX_BODY_BYTES = 14_680_064;

/** Compiling a parser costs a cold start more time than it saves. */
z.config({ jitless: true });

const FIELDS = {
  name: required(() =>
    text(
      /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'lowercase letters, digits and hyphens, starting with a letter, not ending with a hyphen, at most 63 characters',
    ),
  ),
  region: required(() => text(/^[a-z][a-z0-9-]{0,62}$/, 'a Google Cloud location, such as europe-west1')),
  connector_version: withDefault('1', () => oneOf(['1'])),
  description: optional(() => text(/^[^]{0,1024}$/, 'at most 1024 characters')),
  labels: withDefault({}, labels),
  service_account: optional(() =>
    text(
      /^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}\.gserviceaccount\.com$/,
      'the e-mail address of a service account, ...gserviceaccount.com',
    ),
  ),
  min_nodes: withDefault(2, () => integer(0, 100)),
  max_nodes: withDefault(50, () => integer(1, 100)),
  limit_scope: withDefault('node', () => oneOf(['node', 'connection'])),
  max_wait_ms: withDefault(5000, () => integer(0, 600_000)),
  max_body_bytes: withDefault(DEFAULT_MAX_BODY_BYTES, () => integer(1024, MAX_BODY_BYTES)),
  deadline_ms: withDefault(50_000, () => integer(1000, 3_500_000)),
  // Longer than the day for which Stripe keeps a key: https://docs.stripe.com/api/idempotent_requests
  operation_retention_days: withDefault(30, () => integer(2, 365)),
  account_ceiling: optional(rate),
  endpoint_ceiling: withDefault(25, rate),
  api_key: optional(secretVersion),
  account_id: optional(account),
  allowed_accounts: withDefault([], () => accounts(1000)),
  proxy_enabled: withDefault<boolean>(false, boolean),
  proxy_server: optional(hostAndPort),
  proxy_auth_scheme: optional(() => oneOf(['BASIC', 'DIGEST', 'NONE'])),
  proxy_user: optional(() => text(/^[^:\r\n]{1,255}$/, '1 to 255 characters without a colon')),
  proxy_password: optional(secretVersion),
  proxy_ssltype: optional(() =>
    oneOf(['AUTO', 'ALWAYS', 'NEVER', 'TUNNEL', 'SELECTED']).transform((type) =>
      type === 'SELECTED' ? 'TUNNEL' : type,
    ),
  ),
  verbosity: withDefault('1', () => oneOf(['1', '2', '3', '4', '5'])),
  api_version: optional(() => text(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/, 'a Stripe API version such as 2024-04-10')),
  output_format: withDefault('connector', () => oneOf(['connector', 'native'])),
  scan_limit: withDefault(10_000, () => integer(100, 1_000_000)),
  read_only: withDefault<boolean>(false, boolean),
  allowed_currencies: optional(currencies),
  max_amounts: optional(amounts),
  allow_unbounded: optional(() =>
    stringList(
      /^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$/,
      'at most 1000 operations (Refund.Create) and actions (PayInvoice), each by its name',
      1000,
    ),
  ),
  automation_topic: optional(topic),
  automation_allowlist: optional(() =>
    stringList(
      /^(\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)$/,
      'at most 1000 operations (Create, Customer.Create) and actions, or *',
      1000,
    ),
  ),
  results_topic: optional(topic),
  dead_letter_topic: optional(topic),
  max_delivery_attempts: withDefault(100, () => integer(5, 100)),
  events_topic: optional(topic),
  event_types: withDefault(['*'], () =>
    stringList(EVENT_TYPES, "1 to 500 types of Stripe's events: invoice.paid, invoice.*, or *", 500, 1),
  ),
  event_payload: withDefault('snapshot', () => oneOf(['snapshot', 'thin'])),
  events_refetch: optional(boolean),
  webhook_secrets: withDefault([], () => secretVersions(5)),
  webhook_url: optional(() => text(/^https?:\/\/[^\s/]+(\/\S*)?$/, 'an http or https URL')),
  expose: optional(() => oneOf(['discovery', 'reads', 'all'])),
  explorer: withDefault<boolean>(false, boolean),
  tools_allowlist: optional(() =>
    stringList(
      /^(\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)$/,
      'at most 1000 operations (List, Customer.Create) and actions, or *',
      1000,
    ),
  ),
  suspended: withDefault<boolean>(false, boolean),
} as const;

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
  endpoint_ceiling: 'maximum requests per second to one Stripe endpoint; lowers the rate of the connection',
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
  suspended: 'rejects every call with CONNECTION_SUSPENDED',
};

type ParsedSettings = Read<typeof FIELDS>;

/** The parsed settings in camelCase, with defaults filled in. */
export type Settings = { readonly [K in keyof ParsedSettings as Camel<K & string>]: ParsedSettings[K] };

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;

/**
 * Returns every setting with its description and default, in the order of the schema. Tests compare the page and Terraform
 * with it.
 */
export function settingRows(): { name: string; description: string; default: unknown }[] {
  return Object.entries(FIELDS).map(([key, field]) => ({
    name: key,
    description: DESCRIPTIONS[key as keyof ParsedSettings],
    default: field.absent === 'default' ? field.value : undefined,
  }));
}

/**
 * Parses the settings document. Throws SETTINGS_INVALID with every problem: unknown keys, invalid values, invalid
 * combinations.
 */
export function parseSettings(document: unknown): Settings {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw settingsInvalid("the connection's settings are invalid: they must be one JSON object");
  const outcome = readFields(FIELDS, document as Readonly<Record<string, unknown>>);
  const violations =
    outcome.problems === undefined
      ? combinations(outcome.data)
      : [...outcome.problems.map(violationOf), ...combinations(outcome.read, wrongIn(outcome.problems))];
  if (violations.length > 0 || outcome.data === undefined) {
    const message = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
    throw settingsInvalid(`the connection's settings are invalid: ${message}`, violations);
  }
  const { data } = outcome;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [camel(key), value])) as unknown as Settings;
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function violationOf({ path, problem }: FieldIssue): FieldViolation {
  const field = path.join('.');
  if (problem === 'unknown') return { field, description: `is not a setting${suggestion(field, Object.keys(FIELDS))}` };
  return { field, description: problem === 'absent' ? 'is required' : problem.message };
}

/** Returns the names of the settings that are invalid on their own. */
function wrongIn(problems: readonly FieldIssue[]): ReadonlySet<string> {
  return new Set(problems.map(({ path: [name] }) => String(name)));
}

/** Returns the invalid combinations. Settings in `wrong` are already reported and skipped. */
function combinations(settings: Partial<ParsedSettings>, wrong: ReadonlySet<string> = new Set()): FieldViolation[] {
  const violations: FieldViolation[] = [];
  const say = (field: string, description: string): void => {
    if (!wrong.has(field)) violations.push({ field, description });
  };
  atMost(say, settings, 'min_nodes', 'max_nodes');
  atMost(say, settings, 'max_wait_ms', 'deadline_ms');
  const { proxy_enabled: enabled, proxy_auth_scheme: scheme = 'NONE' } = settings;
  const proxy = ['proxy_server', 'proxy_auth_scheme', 'proxy_user', 'proxy_password', 'proxy_ssltype'] as const;
  if (enabled === false) {
    for (const key of proxy) if (settings[key] !== undefined) say(key, 'must be absent while proxy_enabled is false');
  }
  if (enabled !== true) return violations;
  if (settings.proxy_server === undefined) say('proxy_server', 'is required with proxy_enabled');
  for (const key of ['proxy_user', 'proxy_password'] as const) {
    if (wrong.has('proxy_auth_scheme')) continue;
    if (scheme === 'NONE' && settings[key] !== undefined) say(key, 'must be absent while proxy_auth_scheme is NONE');
    if (scheme !== 'NONE' && settings[key] === undefined) say(key, `is required with proxy_auth_scheme ${scheme}`);
  }
  return violations;
}

function atMost(
  say: (field: string, description: string) => void,
  settings: Partial<ParsedSettings>,
  least: 'min_nodes' | 'max_wait_ms',
  max: 'max_nodes' | 'deadline_ms',
): void {
  const [low, high] = [settings[least], settings[max]];
  if (low !== undefined && high !== undefined && low > high) say(least, `must be at most ${max} (${high})`);
}
