import { formatPath, parseExactJson } from '../json/exact-json.ts';
import { plainNumbers } from '../json/written-number.ts';
import { isConnectorError, settingsInvalid, type FieldViolation } from '../errors.ts';
import { optional, withDefault, readFields, type FieldIssue, type Read } from '../fields.ts';
import { url, text } from './validators.ts';
import { API_KEY } from '../ports/secrets.ts';
import { parseSettings, type Settings } from './settings.ts';

/** The environment variables: where the settings come from, and what replaces Google Cloud in local development. */
const anyText = optional(() => text(/^/, 'a string'));
const emulatorHost = optional(() =>
  text(
    /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253}):(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/,
    'host:port of an emulator, such as localhost:8085 or [::1]:8085',
  ),
);
/** One segment of a resource name. An empty one would make a name that no service has. */
const SEGMENT = /^[^\s/]{1,200}$/;
/** The Firestore database that infra/project creates. The project's `(default)` database belongs to its applications. */
export const DEFAULT_DATABASE = 'stripe-connector';
const VARIABLES = {
  /** Set by Cloud Run, so the process runs in the cloud. */
  K_SERVICE: anyText,
  CONNECTION_SETTINGS: anyText,
  CONNECTION_SETTINGS_FILE: anyText,
  STRIPE_API_KEY: anyText,
  /** Signing secrets of webhooks, newest first, separated by commas. */
  STRIPE_WEBHOOK_SECRET: anyText,
  PROXY_PASSWORD: anyText,
  STRIPE_API_BASE: optional(url),
  FIRESTORE_EMULATOR_HOST: emulatorHost,
  SECRET_MANAGER_EMULATOR_HOST: emulatorHost,
  PUBSUB_EMULATOR_HOST: emulatorHost,
  GOOGLE_CLOUD_PROJECT: optional(() => text(SEGMENT, 'a project id; unset the variable if there is no project')),
  FIRESTORE_DATABASE: withDefault(DEFAULT_DATABASE, () =>
    text(SEGMENT, `a database id; unset the variable for ${DEFAULT_DATABASE}`),
  ),
  /**
   * A key file or a workload identity federation configuration. It takes precedence over the platform's service
   * account.
   */
  GOOGLE_APPLICATION_CREDENTIALS: anyText,
  ALLOW_LIVE: anyText,
} as const;

/** How to reach a Google service. */
export interface GoogleEnvironment {
  /** `host:port` of an emulator. */
  readonly emulatorHost?: string;
  /** Use the service account of the platform. */
  readonly onPlatform: boolean;
}

export interface ManagedSecret extends GoogleEnvironment {
  readonly from: 'secret-manager';
  readonly version: string;
}

/** Where to read a secret. */
export type SecretSource = { readonly from: 'environment'; readonly value: string } | ManagedSecret;

export interface Deployment {
  readonly settings: Settings;
  readonly inCloud: boolean;
  /** The Google Cloud project, if one is set. */
  readonly project?: string;
  readonly stripeBase?: string;
  /** Where to read the API key. */
  readonly key: SecretSource;
  /** Where to read the signing secrets of webhooks. */
  readonly webhook: readonly SecretSource[];
  /** Where to read the proxy's password. Undefined if the proxy needs none. */
  readonly proxyPassword?: SecretSource;
  /** Where to keep the state of the rate limiter and of the operations. */
  readonly state:
    | { readonly in: 'memory' }
    | ({ readonly in: 'firestore'; readonly projectId: string; readonly databaseId: string } & GoogleEnvironment);
  /** How to reach Pub/Sub. Undefined: messages are not published. */
  readonly pubsub?: GoogleEnvironment;
}

/** Defaults in local development. A deployment must set these. */
const LOCAL_DEFAULTS = { name: 'stripe-local', region: 'local' };

/** Reads the settings and the environment. Throws SETTINGS_INVALID that names the variable or the setting. */
export function readDeployment(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Deployment {
  const { data: seen, problems } = readFields(VARIABLES, environment, 'ignored');
  if (problems !== undefined) {
    const textOf = ({ problem }: FieldIssue): string => (typeof problem === 'string' ? problem : problem.message);
    throw settingsInvalid(problems.map((problem) => `${problem.path.join('.')}: ${textOf(problem)}`).join('; '));
  }
  const inCloud = seen.K_SERVICE !== undefined;
  const document = settingsDocument(seen, readFile);
  const settings = parseSettings(inCloud ? document : { ...LOCAL_DEFAULTS, ...document });
  if (inCloud) checkCloud(seen, settings);
  checkProxy(seen, settings);
  const key = keySource(seen, settings);
  if (key.from === 'environment' && /^(sk|rk)_live_/.test(key.value) && seen.ALLOW_LIVE !== '1') {
    throw settingsInvalid('STRIPE_API_KEY is a live key; set ALLOW_LIVE=1 to move real money from this machine');
  }
  return {
    settings,
    inCloud,
    ...(seen.GOOGLE_CLOUD_PROJECT === undefined ? {} : { project: seen.GOOGLE_CLOUD_PROJECT }),
    key,
    webhook: webhookSources(seen, settings),
    ...(seen.STRIPE_API_BASE === undefined ? {} : { stripeBase: seen.STRIPE_API_BASE }),
    state: stateIn(seen),
    ...pubsubOf(seen),
    ...proxyPasswordOf(seen, settings),
  };
}

type EnvironmentValues = Read<typeof VARIABLES>;

function settingsDocument(seen: EnvironmentValues, readFile: (path: string) => string): Record<string, unknown> {
  if (seen.CONNECTION_SETTINGS !== undefined && seen.CONNECTION_SETTINGS_FILE !== undefined) {
    throw settingsInvalid('CONNECTION_SETTINGS and CONNECTION_SETTINGS_FILE are both set; unset one of them');
  }
  const source = seen.CONNECTION_SETTINGS === undefined ? 'CONNECTION_SETTINGS_FILE' : 'CONNECTION_SETTINGS';
  let text: string;
  try {
    text =
      seen.CONNECTION_SETTINGS ??
      (seen.CONNECTION_SETTINGS_FILE === undefined ? '{}' : readFile(seen.CONNECTION_SETTINGS_FILE));
  } catch (cause) {
    if (isConnectorError(cause)) throw cause;
    throw settingsInvalid('CONNECTION_SETTINGS_FILE cannot be read; check the path and its permissions');
  }
  const document = settingsJson(text);
  if (document === undefined) throw settingsInvalid(`${source} must contain one JSON object`);
  return document;
}

/** Parses a settings document. Returns undefined if it is not a JSON object. */
function settingsJson(text: string): Record<string, unknown> | undefined {
  const { value, problems } = readSettings(text);
  if (problems.length > 0)
    throw settingsInvalid(problems.map(({ field, description }) => `${field}: ${description}`).join('; '), problems);
  return value;
}

/** Parses a settings document and returns the problems of its text: a duplicate key, a number that loses digits. */
export function readSettings(text: string): {
  readonly value: Record<string, unknown> | undefined;
  readonly problems: readonly FieldViolation[];
} {
  const read = parseExactJson(text.replace(/^\ufeff/, ''));
  const value = plainNumbers(read?.value);
  if (read === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return { value: undefined, problems: [] };
  const problems = read.problems.map(({ path, description }) => ({ field: formatPath(path), description }));
  return { value: value as Record<string, unknown>, problems };
}

/** Rejects local-only variables in the cloud: secrets in the environment, emulators, a replacement for Stripe. */
function checkCloud(seen: EnvironmentValues, settings: Settings): void {
  for (const name of [
    'STRIPE_API_KEY',
    'STRIPE_API_BASE',
    'FIRESTORE_EMULATOR_HOST',
    'SECRET_MANAGER_EMULATOR_HOST',
    'PUBSUB_EMULATOR_HOST',
    'STRIPE_WEBHOOK_SECRET',
    'PROXY_PASSWORD',
  ] as const) {
    if (seen[name] !== undefined) throw settingsInvalid(`${name} is for local development only; unset it in the cloud`);
  }
  if (settings.apiKey === undefined) throw settingsInvalid('api_key is required in the cloud');
  if (settings.serviceAccount === undefined) throw settingsInvalid('service_account is required in the cloud');
  if (seen.GOOGLE_CLOUD_PROJECT === undefined)
    throw settingsInvalid('GOOGLE_CLOUD_PROJECT is required in the cloud, where Firestore keeps the state');
}

/** Rejects plaintext to the proxy, except for a local http server. The API key must not be readable in transit. */
function checkProxy({ STRIPE_API_BASE: base }: EnvironmentValues, { proxySsltype }: Settings): void {
  if (isPlaintext(proxySsltype, base)) throw settingsInvalid(`proxy_ssltype: ${PLAINTEXT_ERROR}`);
}

/** Returns whether the proxy would see the API key in plaintext. */
export function isPlaintext(proxySsltype: unknown, base: string | undefined): boolean {
  return proxySsltype === 'NEVER' && base?.startsWith('http:') !== true;
}

export const PLAINTEXT_ERROR = 'NEVER would send the API key to the proxy in plaintext; use AUTO, ALWAYS or TUNNEL';

function proxyPasswordOf(seen: EnvironmentValues, settings: Settings): Pick<Deployment, 'proxyPassword'> {
  if (seen.PROXY_PASSWORD !== undefined) return { proxyPassword: { from: 'environment', value: seen.PROXY_PASSWORD } };
  return settings.proxyPassword === undefined ? {} : { proxyPassword: managedValue(seen, settings.proxyPassword) };
}

/** Validates the key when the process starts, not on its first call. Surrounding white space is ignored. */
function keySource(seen: EnvironmentValues, settings: Settings): Deployment['key'] {
  const value = seen.STRIPE_API_KEY?.trim();
  if (value !== undefined) {
    if (API_KEY.pattern.test(value)) return { from: 'environment', value };
    const why = value.startsWith('pk_') ? 'is a publishable key, which this connector cannot use; set' : 'must be';
    throw settingsInvalid(`STRIPE_API_KEY ${why} a Stripe secret or restricted key (sk_... or rk_...)`);
  }
  if (settings.apiKey === undefined) throw settingsInvalid('set STRIPE_API_KEY, or api_key in the settings');
  return managedValue(seen, settings.apiKey);
}

function webhookSources(seen: EnvironmentValues, settings: Settings): SecretSource[] {
  const input = (seen.STRIPE_WEBHOOK_SECRET ?? '').split(',').map((name) => name.trim());
  const values = input.filter((name) => name !== '');
  if (values.length > 0) return values.map((value) => ({ from: 'environment', value }));
  return settings.webhookSecrets.map((version) => managedValue(seen, version));
}

function managedValue(seen: EnvironmentValues, version: string): ManagedSecret {
  return { from: 'secret-manager', version, ...googleOptions(seen, seen.SECRET_MANAGER_EMULATOR_HOST) };
}

function googleOptions(
  { K_SERVICE, GOOGLE_APPLICATION_CREDENTIALS: file }: EnvironmentValues,
  emulatorHost: string | undefined,
): GoogleEnvironment {
  const onPlatform = K_SERVICE !== undefined && file === undefined;
  return { onPlatform, ...(emulatorHost === undefined ? {} : { emulatorHost }) };
}

function stateIn(seen: EnvironmentValues): Deployment['state'] {
  const emulatorHost = seen.FIRESTORE_EMULATOR_HOST;
  const projectId = seen.GOOGLE_CLOUD_PROJECT ?? (emulatorHost === undefined ? undefined : 'stripe-local');
  if (projectId === undefined) return { in: 'memory' };
  return {
    in: 'firestore',
    projectId,
    databaseId: seen.FIRESTORE_DATABASE,
    ...googleOptions(seen, emulatorHost),
  };
}

/** With a Firestore emulator nothing is published to the real Pub/Sub. */
function pubsubOf(seen: EnvironmentValues): Pick<Deployment, 'pubsub'> {
  const emulatorHost = seen.PUBSUB_EMULATOR_HOST;
  const named = seen.GOOGLE_CLOUD_PROJECT !== undefined && seen.FIRESTORE_EMULATOR_HOST === undefined;
  return emulatorHost === undefined && !named ? {} : { pubsub: googleOptions(seen, emulatorHost) };
}
