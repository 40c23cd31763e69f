import { formatPath, parseExactJson } from '../json/exact-json.ts';
import { plainNumbers } from '../json/written-number.ts';
import { isConnectorError, settingsInvalid, type FieldViolation } from '../errors.ts';
import { optional, withDefault, readFields, type FieldIssue, type Read } from '../fields.ts';
import { url, text } from './validators.ts';
import { API_KEY } from '../ports/secrets.ts';
import { parseSettings, type Settings } from './settings.ts';

/** What the environment says, parsed once. Where the settings come from, and what stands in for the cloud on a laptop. */
const anyText = optional(() => text(/^/, 'a text'));
const emulatorHost = optional(() =>
  text(
    /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253}):(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/,
    'host:port of an emulator, such as localhost:8085 or [::1]:8085',
  ),
);
/** A part of a resource's name: an empty one would make a name that no service answers for. */
const NO_GAP = /^[^\s/]{1,200}$/;
/** The Firestore database that infra/project creates. The project's `(default)` database belongs to its applications. */
export const DEFAULT_DATABASE = 'stripe-connector';
const VARIABLES = {
  /** Cloud Run sets it: we are in the cloud. */
  K_SERVICE: anyText,
  CONNECTION_SETTINGS: anyText,
  CONNECTION_SETTINGS_FILE: anyText,
  STRIPE_API_KEY: anyText,
  /** Signing secrets of webhooks, the newest first, with commas between them. */
  STRIPE_WEBHOOK_SECRET: anyText,
  PROXY_PASSWORD: anyText,
  STRIPE_API_BASE: optional(url),
  FIRESTORE_EMULATOR_HOST: emulatorHost,
  SECRET_MANAGER_EMULATOR_HOST: emulatorHost,
  PUBSUB_EMULATOR_HOST: emulatorHost,
  GOOGLE_CLOUD_PROJECT: optional(() => text(NO_GAP, 'the id of a project; leave the variable out where there is none')),
  FIRESTORE_DATABASE: withDefault(DEFAULT_DATABASE, () =>
    text(NO_GAP, `the id of a database; leave the variable out for ${DEFAULT_DATABASE}`),
  ),
  /** A key file, or a configuration of workload identity federation: asked before the platform's service account. */
  GOOGLE_APPLICATION_CREDENTIALS: anyText,
  ALLOW_LIVE: anyText,
} as const;

/** How a service of Google's is reached. */
export interface GoogleEnvironment {
  /** `host:port` of an emulator. */
  readonly emulatorHost?: string;
  /** By the service account of the platform that this runs on. */
  readonly onPlatform: boolean;
}

export interface ManagedSecret extends GoogleEnvironment {
  readonly from: 'secret-manager';
  readonly version: string;
}

/** Where a secret comes from. */
export type SecretSource = { readonly from: 'environment'; readonly value: string } | ManagedSecret;

export interface Deployment {
  readonly settings: Settings;
  readonly inCloud: boolean;
  /** The Google Cloud project, where one is named. */
  readonly project?: string;
  readonly stripeBase?: string;
  /** Where the API key comes from. */
  readonly key: SecretSource;
  /** Where the signing secrets of webhooks come from. */
  readonly webhook: readonly SecretSource[];
  /** Where the proxy's password comes from; undefined where it needs none. */
  readonly proxyPassword?: SecretSource;
  /** Where the limiter's state lives. */
  readonly state:
    | { readonly in: 'memory' }
    | ({ readonly in: 'firestore'; readonly projectId: string; readonly databaseId: string } & GoogleEnvironment);
  /** Where messages are published; undefined for nowhere. */
  readonly pubsub?: GoogleEnvironment;
}

/** Where the cloud needs one thing and the laptop may have another. */
const LOCAL_DEFAULTS = { name: 'stripe-local', region: 'local' };

/** Reads settings and surroundings; throws an error that names the variable or the setting. */
export function readDeployment(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Deployment {
  const { data: seen, problems } = readFields(VARIABLES, environment, 'ignored');
  if (problems !== undefined) {
    const said = ({ problem }: FieldIssue): string => (typeof problem === 'string' ? problem : problem.said);
    throw settingsInvalid(problems.map((problem) => `${problem.path.join('.')}: ${said(problem)}`).join('; '));
  }
  const inCloud = seen.K_SERVICE !== undefined;
  const document = settingsDocument(seen, readFile);
  const settings = parseSettings(inCloud ? document : { ...LOCAL_DEFAULTS, ...document });
  if (inCloud) checkCloud(seen, settings);
  checkProxy(seen, settings);
  const key = keySource(seen, settings);
  if (key.from === 'environment' && /^(sk|rk)_live_/.test(key.value) && seen.ALLOW_LIVE !== '1') {
    throw settingsInvalid('STRIPE_API_KEY is a live key; set ALLOW_LIVE=1 to work with real money from here');
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

type Seen = Read<typeof VARIABLES>;

function settingsDocument(seen: Seen, readFile: (path: string) => string): Record<string, unknown> {
  if (seen.CONNECTION_SETTINGS !== undefined && seen.CONNECTION_SETTINGS_FILE !== undefined) {
    throw settingsInvalid('CONNECTION_SETTINGS and CONNECTION_SETTINGS_FILE are both set; give one of them');
  }
  const source = seen.CONNECTION_SETTINGS === undefined ? 'CONNECTION_SETTINGS_FILE' : 'CONNECTION_SETTINGS';
  let text: string;
  try {
    text =
      seen.CONNECTION_SETTINGS ??
      (seen.CONNECTION_SETTINGS_FILE === undefined ? '{}' : readFile(seen.CONNECTION_SETTINGS_FILE));
  } catch (cause) {
    if (isConnectorError(cause)) throw cause;
    throw settingsInvalid('CONNECTION_SETTINGS_FILE names a file that cannot be read');
  }
  const document = settingsJson(text);
  if (document === undefined) throw settingsInvalid(`${source} must hold one JSON object`);
  return document;
}

/** The object of a settings text; undefined where it is none. */
function settingsJson(text: string): Record<string, unknown> | undefined {
  const { value, problems } = readSettings(text);
  if (problems.length > 0)
    throw settingsInvalid(problems.map(({ field, description }) => `${field}: ${description}`).join('; '), problems);
  return value;
}

/** The same with what is wrong with its text: a key that stands twice, a number that loses digits. */
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

/** In the cloud nothing of the laptop is taken: no key in the environment, no stand-ins, no state in memory. */
function checkCloud(seen: Seen, settings: Settings): void {
  for (const name of [
    'STRIPE_API_KEY',
    'STRIPE_API_BASE',
    'FIRESTORE_EMULATOR_HOST',
    'SECRET_MANAGER_EMULATOR_HOST',
    'PUBSUB_EMULATOR_HOST',
    'STRIPE_WEBHOOK_SECRET',
    'PROXY_PASSWORD',
  ] as const) {
    if (seen[name] !== undefined) throw settingsInvalid(`${name} is for a laptop and is refused in the cloud`);
  }
  if (settings.apiKey === undefined) throw settingsInvalid('api_key is required in the cloud');
  if (settings.serviceAccount === undefined) throw settingsInvalid('service_account is required in the cloud');
  if (seen.GOOGLE_CLOUD_PROJECT === undefined)
    throw settingsInvalid('GOOGLE_CLOUD_PROJECT is required in the cloud: the state lives in Firestore');
}

/** In the clear only what may be read on the way: an http server of a laptop, never Stripe. */
function checkProxy({ STRIPE_API_BASE: base }: Seen, { proxySsltype }: Settings): void {
  if (isInClear(proxySsltype, base)) throw settingsInvalid(`proxy_ssltype: ${IN_CLEAR}`);
}

export function isInClear(proxySsltype: unknown, base: string | undefined): boolean {
  return proxySsltype === 'NEVER' && base?.startsWith('http:') !== true;
}

export const IN_CLEAR = 'NEVER would send the API key through the proxy in clear';

function proxyPasswordOf(seen: Seen, settings: Settings): Pick<Deployment, 'proxyPassword'> {
  if (seen.PROXY_PASSWORD !== undefined) return { proxyPassword: { from: 'environment', value: seen.PROXY_PASSWORD } };
  return settings.proxyPassword === undefined ? {} : { proxyPassword: managed(seen, settings.proxyPassword) };
}

/** A key that cannot work is told when the process starts, not at its first call. White space around it is no part of it. */
function keySource(seen: Seen, settings: Settings): Deployment['key'] {
  const value = seen.STRIPE_API_KEY?.trim();
  if (value !== undefined) {
    if (API_KEY.pattern.test(value)) return { from: 'environment', value };
    const why = value.startsWith('pk_') ? 'is a publishable key, which can do nothing here; set' : 'must be';
    throw settingsInvalid(`STRIPE_API_KEY ${why} a secret or restricted key of Stripe (sk_... or rk_...)`);
  }
  if (settings.apiKey === undefined) throw settingsInvalid('set STRIPE_API_KEY, or api_key in the settings');
  return managed(seen, settings.apiKey);
}

function webhookSources(seen: Seen, settings: Settings): SecretSource[] {
  const input = (seen.STRIPE_WEBHOOK_SECRET ?? '').split(',').map((name) => name.trim());
  const values = input.filter((name) => name !== '');
  if (values.length > 0) return values.map((value) => ({ from: 'environment', value }));
  return settings.webhookSecrets.map((version) => managed(seen, version));
}

function managed(seen: Seen, version: string): ManagedSecret {
  return { from: 'secret-manager', version, ...wayTo(seen, seen.SECRET_MANAGER_EMULATOR_HOST) };
}

function wayTo(
  { K_SERVICE, GOOGLE_APPLICATION_CREDENTIALS: file }: Seen,
  emulatorHost: string | undefined,
): GoogleEnvironment {
  const onPlatform = K_SERVICE !== undefined && file === undefined;
  return { onPlatform, ...(emulatorHost === undefined ? {} : { emulatorHost }) };
}

function stateIn(seen: Seen): Deployment['state'] {
  const emulatorHost = seen.FIRESTORE_EMULATOR_HOST;
  const projectId = seen.GOOGLE_CLOUD_PROJECT ?? (emulatorHost === undefined ? undefined : 'stripe-local');
  if (projectId === undefined) return { in: 'memory' };
  return {
    in: 'firestore',
    projectId,
    databaseId: seen.FIRESTORE_DATABASE,
    ...wayTo(seen, emulatorHost),
  };
}

/** Beside an emulator of Firestore nothing is published to the real Pub/Sub. */
function pubsubOf(seen: Seen): Pick<Deployment, 'pubsub'> {
  const emulatorHost = seen.PUBSUB_EMULATOR_HOST;
  const named = seen.GOOGLE_CLOUD_PROJECT !== undefined && seen.FIRESTORE_EMULATOR_HOST === undefined;
  return emulatorHost === undefined && !named ? {} : { pubsub: wayTo(seen, emulatorHost) };
}
