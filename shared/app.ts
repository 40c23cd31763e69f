import { readFileSync } from 'node:fs';
import path from 'node:path';
import { catalogFiles } from './adapters/catalog-files.ts';
import { envSecret } from './adapters/env-secret.ts';
import { jsonLogger } from './adapters/json-logger.ts';
import { memoryDeadLetters } from './adapters/memory/dead-letters.ts';
import { memoryEvents } from './adapters/memory/events.ts';
import { memoryOperations } from './adapters/memory/operations.ts';
import { memoryPublisher } from './adapters/memory/publisher.ts';
import { memoryTokens } from './adapters/memory/tokens.ts';
import type { SdkTransportOptions } from './adapters/stripe/sdk-transport.ts';
import type { ProxySource } from './adapters/stripe/proxy/proxied-client.ts';
import { storedDocuments } from './adapters/google/stored-documents.ts';
import { createStoreClock } from './adapters/store-clock.ts';
import { systemClock, systemRandom } from './adapters/system-clock.ts';
import { API_VERSION } from './catalog/api-version.ts';
import { deployment as ownDeployment } from './config/load.ts';
import type { Deployment, ManagedSecret, SecretSource } from './config/environment.ts';
import type { Settings } from './config/settings.ts';
import { RecentRequests } from './stripe/recent-requests.ts';
import { CachedSecret } from './stripe/secrets/cached-secret.ts';
import type { Connector, ConnectorDeps } from './operations/connector.ts';
import { ObjectLocks } from './stripe/object-locks.ts';
import { createStripeClient } from './stripe/client.ts';
import { WebhookSecrets } from './stripe/secrets/webhook-secrets.ts';
import type { WritePolicy } from './stripe/write-policy/enforce.ts';
import { lazy, lazyProxy } from './memoize.ts';
import { Limiter } from './rate-limiter/limiter.ts';
import { capacity, type Capacity, type Limits } from './rate-limiter/capacity.ts';
import { accountCeilingOf, highCeilings } from './rate-limiter/ceilings/above-stripe.ts';
import type { EventInbox } from './event-inbox/store.ts';
import { watchedInbox } from './event-inbox/watched.ts';
import type { DeadLetterStore } from './ports/dead-letter-store.ts';
import type { StoreClock } from './ports/store-clock.ts';
import type { Log } from './ports/log.ts';
import type { OperationStore } from './idempotency/store.ts';
import type { Publisher } from './ports/publisher.ts';
import { API_KEY, PROXY_PASSWORD, SIGNING_SECRET, type SecretKind, type Secrets } from './ports/secrets.ts';
import type { StripeTransport } from './stripe/transport.ts';
import type { SignatureVerifier } from './stripe/secrets/webhook-signatures.ts';
import type { TokenStore } from './rate-limiter/store.ts';
import type { ToolServer } from './mcp/server.ts';
import { DAY_US } from './ports/time-units.ts';

/**
 * The composition root: the only file that names adapters and reads the environment. It is built once per instance on
 * the first call. Google's clients are loaded on first use.
 */
export interface App extends Connector {
  /** Capacity without other nodes: the rate that the connection has at least. */
  readonly capacity: Capacity;
  /** Returns the HTML of the explorer. */
  readonly explorerPage: () => string;
  /** The MCP server, loaded on the first message. */
  readonly toolServer: ToolServer;
  /** The state of the rate limiter, for operator commands. */
  readonly tokens: TokenStore;
  readonly limits: Limits;
  /** False if the state is in the memory of this process. */
  readonly sharesState: boolean;
}

let built: App | undefined;

/** Returns the app of this instance. Throws SETTINGS_INVALID on every call until the settings are valid. */
export function getApp(): App {
  built ??= createApp(ownDeployment());
  return built;
}

/** Creates the app of the local server, which must call this before its functions handle a request. */
export function createLocalApp(open: boolean): App {
  if (built !== undefined) throw new Error('createLocalApp must be called before the first request');
  built = createApp(ownDeployment(), printLine, { local: true, open });
  return built;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A function is closed wherever it runs. */
const CLOSED = { local: false, open: false };

/** Creates the app of a deployment. `print` writes the lines of the log; `place` is set by the local server. */
export function createApp(
  deployment: Deployment,
  print = printLine,
  place: Pick<Connector, 'local' | 'open'> = CLOSED,
): App {
  const { settings } = deployment;
  const knownSecrets = new Set<string>();
  const labels = { connection: settings.name, ...settings.labels };
  const log = jsonLogger({ verbosity: settings.verbosity, print, known: knownSecrets, labels });
  const limits = connectionLimits(deployment, log);
  const storeClock = createStoreClock(systemClock, (...times) => limiter.hear(...times));
  const state = sharedState(deployment, storeClock);
  const limiter: Limiter = new Limiter({
    member: { connection: settings.name, id: systemRandom.uuid(), place: systemRandom.next() },
    limits,
    store: state.tokens,
    clock: systemClock,
    log,
  });
  const catalog = catalogFiles(path.join(__dirname, 'catalog'));
  const policy = policyOf(settings, () => catalog.policyFacts());
  const activity = new RecentRequests();
  const stripe = createStripeClient({
    recentRequests: activity,
    stripe: lazyTransport({
      base: deployment.stripeBase,
      showTls: settings.verbosity === '5',
      apiVersion: settings.apiVersion,
      proxy: proxyOf(deployment, knownSecrets),
    }),
    apiKey: new CachedSecret(secretOf(deployment.key, API_KEY, knownSecrets), systemClock),
    limiter,
    objects: new ObjectLocks(systemClock),
    clock: systemClock,
    random: systemRandom,
    log,
    maxWaitMs: settings.maxWaitMs,
    policy,
    verbosity: Number(settings.verbosity),
  });
  const strict = settings.apiVersion === undefined || settings.apiVersion === API_VERSION;
  if (!strict)
    log.write('WARNING', 'API version differs from the catalog: unknown names pass to Stripe', {
      apiVersion: settings.apiVersion,
    });
  const deps: ConnectorDeps = {
    catalog,
    stripe,
    operations: state.operations,
    operationRetentionUs: settings.operationRetentionDays * DAY_US,
    strict,
    apiVersion: settings.apiVersion ?? API_VERSION,
    policy,
    scanLimit: settings.scanLimit,
    log,
  };
  return {
    settings,
    deps,
    clock: systemClock,
    random: systemRandom,
    log,
    project: deployment.project,
    stripeBase: deployment.stripeBase,
    recentRequests: activity,
    limit: () => limiter.view(),
    publisher: publisher(deployment, log),
    deadLetters: state.deadLetters,
    inbox: watchedInbox(state.inbox),
    explorerPage: () => readFileSync(path.join(__dirname, 'explorer.html'), 'utf8'),
    toolServer: toolServer(),
    webhookSecrets: new WebhookSecrets(
      deployment.webhook.map((secretSource) => secretOf(secretSource, SIGNING_SECRET, knownSecrets)),
      lazySignatures(),
      systemClock,
      log,
    ),
    capacity: capacity(0, limits),
    tokens: state.tokens,
    limits,
    sharesState: deployment.state.in === 'firestore',
    ...place,
    shutdown: () => limiter.leave(),
  };
}

function policyOf(settings: Settings, details: WritePolicy['table']): WritePolicy {
  const named = [settings.accountId ?? [], settings.allowedAccounts].flat();
  return {
    readOnly: settings.readOnly,
    allowedCurrencies: settings.allowedCurrencies,
    maxAmounts: settings.maxAmounts,
    allowUnbounded: settings.allowUnbounded,
    accounts: named.length === 0 ? undefined : new Set(named),
    apiVersion: settings.apiVersion,
    epochMs: () => systemClock.epochMs(),
    table: details,
  };
}

/**
 * Returns the limits of the connection. The default ceiling of the account is Stripe's for the kind of key.
 * https://docs.stripe.com/rate-limits
 */
function connectionLimits({ settings, key }: Deployment, log: Log): Limits {
  const mode = key.from === 'environment' && /^(sk|rk)_test_/.test(key.value) ? 'test' : 'live';
  const limits = { ...settings, accountCeiling: settings.accountCeiling ?? accountCeilingOf(mode) };
  for (const high of highCeilings(limits, mode))
    log.write('WARNING', 'setting above the rate limit that Stripe has by default', { ...high });
  return limits;
}

/** Returns the proxy of the settings with its current password; undefined without one. */
function proxyOf({ settings, proxyPassword }: Deployment, knownSecrets: Set<string>): ProxySource | undefined {
  const { proxyServer, proxyAuthScheme: scheme = 'NONE', proxyUser: user, proxySsltype: ssltype = 'AUTO' } = settings;
  if (proxyServer === undefined) return undefined;
  const secret = proxyPassword && new CachedSecret(secretOf(proxyPassword, PROXY_PASSWORD, knownSecrets), systemClock);
  return {
    read: async () => ({
      ...proxyServer,
      scheme,
      ssltype,
      user,
      password: await secret?.read(),
    }),
    refresh: async (rejected) => (await secret?.refresh(rejected)) ?? false,
  };
}

/** Returns the reader of a secret. It adds every value to `knownSecrets`, which the log redacts. */
function secretOf(secret: SecretSource, kind: SecretKind, knownSecrets: Set<string>): Secrets {
  const source = secret.from === 'environment' ? envSecret(secret.value, kind) : managed(secret, kind);
  const read = async (): Promise<string> => {
    const value = await source.read();
    knownSecrets.add(value);
    return value;
  };
  return { rotates: source.rotates, read };
}

function managed(secret: ManagedSecret, kind: SecretKind): Secrets {
  const { read } = lazyProxy<Pick<Secrets, 'read'>>(async () => {
    const { secretManager } = await import('./adapters/google/index.ts');
    return secretManager({ ...secret, kind });
  });
  return { rotates: secret.version.endsWith('/latest'), read };
}

/** The state that the instances of a connection share. */
interface SharedState {
  readonly tokens: TokenStore;
  readonly operations: OperationStore;
  readonly deadLetters: DeadLetterStore;
  readonly inbox: EventInbox;
}

function sharedState({ state, settings }: Deployment, clock: StoreClock): SharedState {
  if (state.in === 'memory')
    return {
      tokens: memoryTokens(systemClock),
      operations: memoryOperations(clock),
      deadLetters: memoryDeadLetters(),
      inbox: memoryEvents(systemClock),
    };
  const loaded = lazy(async () =>
    (await import('./adapters/google/index.ts')).firestoreState(state, settings.name, storedDocuments, clock),
  );
  return {
    tokens: lazyProxy(async () => (await loaded()).tokens),
    operations: lazyProxy(async () => (await loaded()).operations),
    deadLetters: lazyProxy(async () => (await loaded()).deadLetters),
    inbox: lazyProxy(async () => (await loaded()).inbox),
  };
}

/** Returns the publisher: Pub/Sub if a project or an emulator is set. */
function publisher({ pubsub }: Deployment, log: Log): Publisher {
  if (pubsub === undefined) return memoryPublisher(log);
  return lazyProxy(async () => (await import('./adapters/google/index.ts')).pubsub(pubsub));
}

function lazyTransport(options: SdkTransportOptions): StripeTransport {
  return lazyProxy(async () => (await import('./adapters/stripe/index.ts')).sdkTransport(options));
}

function lazySignatures(): SignatureVerifier {
  return lazyProxy(async () => (await import('./adapters/stripe/index.ts')).signatureVerifier());
}

function toolServer(): ToolServer {
  return lazyProxy(async () => (await import('./adapters/mcp/index.ts')).mcp());
}
