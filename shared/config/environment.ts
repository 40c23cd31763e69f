import { settingsInvalid } from '../errors.ts';
import { API_KEY } from '../ports/secrets.ts';
import { isLocalVariable, variables, type EnvironmentValues } from './environment-variables.ts';
import { settingsDocument } from './settings-document.ts';
import { parseSettings, type Settings } from './settings.ts';

/** How to reach a Google service. */
export interface GoogleEnvironment {
  /** `host:port` of an emulator. */
  readonly emulatorHost?: string | undefined;
  /** True to use the service account of the platform. */
  readonly onPlatform: boolean;
}

export interface ManagedSecret extends GoogleEnvironment {
  readonly from: 'secret-manager';
  readonly version: string;
}

/** Where to read a secret. */
export type SecretSource = { readonly from: 'environment'; readonly value: string } | ManagedSecret;

/** The settings of a connection, and where this process finds its secrets, its state and Pub/Sub. */
export interface Deployment {
  readonly settings: Settings;
  readonly inCloud: boolean;
  /** The Google Cloud project, if one is set. */
  readonly project?: string | undefined;
  readonly stripeBase?: string | undefined;
  /** Where to read the API key. */
  readonly key: SecretSource;
  /** Where to read the signing secrets of webhooks. */
  readonly webhook: readonly SecretSource[];
  /** Where to read the proxy's password. Undefined if the proxy needs none. */
  readonly proxyPassword?: SecretSource | undefined;
  /** Where to keep the state of the rate limiter and of the operations. */
  readonly state:
    | { readonly in: 'memory' }
    | ({ readonly in: 'firestore'; readonly projectId: string; readonly databaseId: string } & GoogleEnvironment);
  /** How to reach Pub/Sub. Undefined: messages are not published. */
  readonly pubsub?: GoogleEnvironment | undefined;
}

/** Defaults of required settings in local development. A deployment must set these settings. */
export const LOCAL_DEFAULTS = { name: 'stripe-local', region: 'local' };

/**
 * Reads the settings and the environment variables. Throws SETTINGS_INVALID if one of them is invalid or if a required
 * one is missing.
 */
export function readDeployment(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Deployment {
  const { data: env, error } = variables().safeParse(environment);
  if (error !== undefined)
    throw settingsInvalid(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const inCloud = env.K_SERVICE !== undefined;
  const document = settingsDocument(env, readFile);
  const settings = parseSettings(inCloud ? document : { ...LOCAL_DEFAULTS, ...document });
  if (inCloud) checkCloud(env, settings);
  checkProxy(env, settings);
  const key = keySource(env, settings);
  if (key.from === 'environment' && /^(sk|rk)_live_/.test(key.value) && env.ALLOW_LIVE !== '1') {
    throw settingsInvalid('STRIPE_API_KEY is a live key; set ALLOW_LIVE=1 to move real money from this machine');
  }
  return {
    settings,
    inCloud,
    project: env.GOOGLE_CLOUD_PROJECT,
    key,
    webhook: webhookSources(env, settings),
    stripeBase: env.STRIPE_API_BASE,
    state: stateLocation(env),
    pubsub: pubsubOptions(env),
    proxyPassword: proxyPasswordSource(env, settings),
  };
}

/**
 * Checks a function in the cloud. Rejects the variables for local development: secrets, emulators, a replacement for
 * Stripe. Requires the API key in Secret Manager, a service account and a project.
 */
function checkCloud(env: EnvironmentValues, settings: Settings): void {
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && isLocalVariable(name))
      throw settingsInvalid(`${name} is for local development only; unset it in the cloud`);
  }
  if (settings.apiKey === undefined) throw settingsInvalid('api_key is required in the cloud');
  if (settings.serviceAccount === undefined) throw settingsInvalid('service_account is required in the cloud');
  if (env.GOOGLE_CLOUD_PROJECT === undefined)
    throw settingsInvalid('GOOGLE_CLOUD_PROJECT is required in the cloud, where Firestore keeps the state');
}

/**
 * Throws if `proxy_ssltype` would send the API key to the proxy in plaintext. An http URL in `STRIPE_API_BASE` is not
 * checked, because Stripe-compatible servers at such a URL get the key in plaintext anyway.
 */
function checkProxy({ STRIPE_API_BASE: base }: EnvironmentValues, { proxySsltype }: Settings): void {
  if (isPlaintext(proxySsltype, base)) throw settingsInvalid(`proxy_ssltype: ${PLAINTEXT_ERROR}`);
}

/**
 * Returns whether `proxy_ssltype` would show the API key to the proxy in plaintext. The result is false if `base`, the
 * URL of a Stripe-compatible server, is an http URL: requests to it are in plaintext with every `proxy_ssltype`.
 */
export function isPlaintext(proxySsltype: unknown, base: string | undefined): boolean {
  return proxySsltype === 'NEVER' && base?.startsWith('http:') !== true;
}

export const PLAINTEXT_ERROR = 'NEVER would send the API key to the proxy in plaintext; use AUTO, ALWAYS or TUNNEL';

function proxyPasswordSource(env: EnvironmentValues, settings: Settings): SecretSource | undefined {
  if (env.PROXY_PASSWORD !== undefined) return { from: 'environment', value: env.PROXY_PASSWORD };
  return settings.proxyPassword === undefined ? undefined : managedValue(env, settings.proxyPassword);
}

/**
 * Returns the source of the API key. Throws SETTINGS_INVALID if neither the environment nor the settings name a key,
 * or if the key in the environment is not a secret or restricted key.
 */
function keySource(env: EnvironmentValues, settings: Settings): Deployment['key'] {
  const value = env.STRIPE_API_KEY?.trim();
  if (value !== undefined) {
    if (API_KEY.pattern.test(value)) return { from: 'environment', value };
    const problem = value.startsWith('pk_') ? 'is a publishable key, which this connector cannot use; set' : 'must be';
    throw settingsInvalid(`STRIPE_API_KEY ${problem} a Stripe secret or restricted key (sk_... or rk_...)`);
  }
  if (settings.apiKey === undefined) throw settingsInvalid('set STRIPE_API_KEY, or api_key in the settings');
  return managedValue(env, settings.apiKey);
}

function webhookSources(env: EnvironmentValues, settings: Settings): SecretSource[] {
  const secrets = (env.STRIPE_WEBHOOK_SECRET ?? '').split(',').map((secret) => secret.trim());
  const values = secrets.filter((secret) => secret !== '');
  if (values.length > 0) return values.map((value) => ({ from: 'environment', value }));
  return settings.webhookSecrets.map((version) => managedValue(env, version));
}

function managedValue(env: EnvironmentValues, version: string): ManagedSecret {
  return { from: 'secret-manager', version, ...googleOptions(env, env.SECRET_MANAGER_EMULATOR_HOST) };
}

function googleOptions(
  { K_SERVICE, GOOGLE_APPLICATION_CREDENTIALS: file }: EnvironmentValues,
  emulatorHost: string | undefined,
): GoogleEnvironment {
  const onPlatform = K_SERVICE !== undefined && file === undefined;
  return { onPlatform, emulatorHost };
}

function stateLocation(env: EnvironmentValues): Deployment['state'] {
  const emulatorHost = env.FIRESTORE_EMULATOR_HOST;
  const projectId = env.GOOGLE_CLOUD_PROJECT ?? (emulatorHost === undefined ? undefined : 'stripe-local');
  if (projectId === undefined) return { in: 'memory' };
  return {
    in: 'firestore',
    projectId,
    databaseId: env.FIRESTORE_DATABASE,
    ...googleOptions(env, emulatorHost),
  };
}

/**
 * Returns how to reach Pub/Sub, or undefined if messages are not published. If the state is in a Firestore emulator,
 * only a Pub/Sub emulator is used, so that a local run publishes nothing to the project.
 */
function pubsubOptions(env: EnvironmentValues): GoogleEnvironment | undefined {
  const emulatorHost = env.PUBSUB_EMULATOR_HOST;
  const usesProject = env.GOOGLE_CLOUD_PROJECT !== undefined && env.FIRESTORE_EMULATOR_HOST === undefined;
  return emulatorHost === undefined && !usesProject ? undefined : googleOptions(env, emulatorHost);
}
