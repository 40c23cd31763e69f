import { readFileSync } from 'node:fs';
import path from 'node:path';
import { catalogFiles } from './adapters/catalog-files.ts';
import { descriptionFile } from './adapters/description-file.ts';
import { envSecret } from './adapters/env-secret.ts';
import { jsonLogger } from './adapters/json-logger.ts';
import { memoryDeadLetters } from './adapters/memory/dead-letters.ts';
import { memoryEvents } from './adapters/memory/events.ts';
import { memoryOperations } from './adapters/memory/operations.ts';
import { memoryPublisher } from './adapters/memory/publisher.ts';
import { memoryAllocations } from './adapters/memory/allocations.ts';
import { memoryTokens } from './adapters/memory/tokens.ts';
import type { AllocationStore } from './rate-limiter/endpoints/ring.ts';
import type { SdkTransportOptions } from './adapters/stripe/sdk-transport.ts';
import type { ProxySource } from './adapters/stripe/proxy/proxied-client.ts';
import { storedDocuments } from './adapters/google/stored-documents.ts';
import { createStoreClock } from './adapters/store-clock.ts';
import { systemClock, systemRandom } from './adapters/system-clock.ts';
import { deployment as ownDeployment } from './config/load.ts';
import { settingDefinitions } from './config/settings-schema.ts';
import type { Deployment, ManagedSecret, SecretSource } from './config/environment.ts';
import { RecentRequests } from './stripe/activity/recent-requests.ts';
import { CachedSecret } from './stripe/secrets/cached-secret.ts';
import { connectorDeps } from './operations/connector-deps.ts';
import { ObjectLocks } from './stripe/object-locks.ts';
import { createStripeClient } from './stripe/client.ts';
import { AccountWatch } from './stripe/secrets/account-watch.ts';
import { WebhookSecrets } from './stripe/secrets/webhook-secrets.ts';
import { writePolicy } from './stripe/write-policy/enforce.ts';
import { lazy, lazyProxy } from './memoize.ts';
import { Limiter } from './rate-limiter/limiter.ts';
import { highCeilings } from './rate-limiter/endpoints/above-stripe.ts';
import { ACCOUNT_LIMITS, capacity, type Capacity, type Limits } from './rate-limiter/capacity.ts';
import { rememberOperations } from './idempotency/recent-operations.ts';
import type { EventInbox } from './event-inbox/store.ts';
import { watchedInbox } from './event-inbox/watched.ts';
import type { AccountUsers } from './ports/account-users.ts';
import type { DeadLetterStore } from './ports/dead-letter-store.ts';
import type { StoreClock } from './ports/store-clock.ts';
import type { Log } from './ports/log.ts';
import type { OperationLog, OperationStore } from './idempotency/store.ts';
import type { Publisher } from './ports/publisher.ts';
import { API_KEY, PROXY_PASSWORD, SIGNING_SECRET, type SecretKind, type Secrets } from './ports/secrets.ts';
import type { StripeTransport } from './stripe/transport.ts';
import type { SignatureVerifier } from './stripe/secrets/webhook-signatures.ts';
import type { TokenStore } from './rate-limiter/store.ts';
import { callerAdmission, localAdmission } from './management/admin/admission.ts';
import type { Administrable } from './management/admin/method.ts';
import type { IdTokenVerifier } from './ports/id-tokens.ts';
import type { ToolServer } from './mcp/server.ts';

/**
 * What all functions of an instance share. This file is the composition root: it connects ports to adapters. A deployed
 * function creates its app on the first call and loads Google's clients on first use.
 */
export interface App extends Administrable {
  /** The capacity with `min_nodes` nodes: the minimum rate of the connection. */
  readonly capacity: Capacity;
  /** Returns the HTML of the explorer. */
  readonly explorerPage: () => string;
  /** The MCP server, loaded on the first message. */
  readonly toolServer: ToolServer;
}

let appOfInstance: App | undefined;

/** Returns the app of this instance. Throws SETTINGS_INVALID if the settings are invalid. */
export function getApp(): App {
  appOfInstance ??= createApp(ownDeployment());
  return appOfInstance;
}

let describedApp: App | undefined;

/**
 * Returns the app of this instance with the descriptions of the catalog. Only functions that are deployed with the file
 * `descriptions.json` call this.
 */
export function getDescribedApp(): App {
  const app = getApp();
  const descriptions = descriptionFile(path.join(__dirname, 'descriptions.json'));
  describedApp ??= { ...app, deps: { ...app.deps, catalog: { ...app.deps.catalog, descriptions } } };
  return describedApp;
}

/** Creates the app of the local server, which must call this before its functions handle a request. */
export function createLocalApp(options: Pick<AppContext, 'open' | 'adminToken' | 'sandboxSecrets'>): App {
  if (appOfInstance !== undefined) throw new Error('createLocalApp must be called before the first request');
  const deployment = ownDeployment();
  const usesSandbox = options.sandboxSecrets !== undefined;
  appOfInstance = createApp(usesSandbox ? withLocalTopic(deployment) : deployment, printLine, {
    local: true,
    onOwnMachine: true,
    ...options,
  });
  return appOfInstance;
}

/**
 * Sets a topic for events if the settings have none and the local server has no Pub/Sub. With a topic, the connector
 * passes events to the publisher, which writes them to the log if there is no Pub/Sub.
 */
function withLocalTopic(deployment: Deployment): Deployment {
  const { settings, pubsub } = deployment;
  if (pubsub !== undefined || settings.eventsTopic !== undefined) return deployment;
  return { ...deployment, settings: { ...settings, eventsTopic: 'projects/local/topics/stripe-events' } };
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The options that depend on where the connector runs. */
type AppContext = Pick<Administrable, 'local' | 'open' | 'onOwnMachine'> & {
  /** The token that admin requests to the local server must have. */
  readonly adminToken?: string;
  /** The signing secrets of the endpoints in the sandbox of the local server. */
  readonly sandboxSecrets?: (() => readonly string[]) | undefined;
};

/** The context of a deployed function. */
const CLOSED: AppContext = { local: false, open: false, onOwnMachine: false };
/** The context of the command line, which runs on the user's machine and reads the state directly. */
export const OPERATOR: AppContext = { ...CLOSED, onOwnMachine: true };

/**
 * Creates the app of a deployment. `print` writes the lines of the log. The last argument says where the connector
 * runs.
 */
export function createApp(
  deployment: Deployment,
  print = printLine,
  { adminToken, sandboxSecrets, ...context }: AppContext = CLOSED,
): App {
  const { settings } = deployment;
  const knownSecrets = new Set<string>();
  const labels = { connection: settings.name, ...settings.labels };
  const log = jsonLogger({ verbosity: settings.verbosity, print, known: knownSecrets, labels });
  const limits = connectionLimits(deployment, log);
  // The callback runs only after the store has responded, so `limiter` is assigned by then.
  const storeClock = createStoreClock(systemClock, (...times) => limiter.learnTime(...times));
  const state = sharedState(deployment, storeClock);
  const limiter: Limiter = new Limiter({
    member: { connection: settings.name, id: systemRandom.uuid(), place: systemRandom.next() },
    limits,
    store: state.tokens,
    allocations: state.allocations,
    clock: systemClock,
    log,
  });
  const catalog = catalogFiles(path.join(__dirname, 'catalog'));
  const operations = rememberOperations(state.operations);
  const policy = writePolicy(settings, {
    epochMs: () => systemClock.epochMs(),
    table: () => catalog.policyTable(),
  });
  const recentRequests = new RecentRequests();
  const apiKey = cachedApiKey(deployment, knownSecrets, state.accountUsers, limits, log);
  const stripe = createStripeClient({
    recentRequests,
    stripe: stripeTransport(deployment, knownSecrets),
    apiKey,
    limiter,
    objects: new ObjectLocks(systemClock),
    clock: systemClock,
    random: systemRandom,
    log,
    maxWaitMs: settings.maxWaitMs,
    policy,
    verbosity: Number(settings.verbosity),
  });
  return {
    settings,
    deps: connectorDeps(settings, { catalog, stripe, operations, policy, log }),
    clock: systemClock,
    random: systemRandom,
    log,
    project: deployment.project,
    stripeBase: deployment.stripeBase,
    recentRequests,
    limit: () => limiter.view(),
    publisher: publisher(deployment, log),
    publishes: deployment.pubsub !== undefined,
    apiKey: () => apiKey.read(),
    deadLetters: state.deadLetters,
    inbox: watchedInbox(state.inbox),
    explorerPage: () => readFileSync(path.join(__dirname, 'console.html'), 'utf8'),
    recentOperations: () => operations.recent(),
    toolServer: toolServer(),
    webhookSecrets: webhookSecretsOf(deployment, knownSecrets, log, sandboxSecrets),
    capacity: capacity(0, limits),
    tokens: state.tokens,
    resumed: () => limiter.resumed(),
    limits,
    operationLog: state.operationLog,
    describedSettings: settingDefinitions,
    admitAdmin:
      adminToken === undefined ? callerAdmission(settings.adminCallers, lazyIdTokens()) : localAdmission(adminToken),
    ...context,
    shutdown: () => limiter.leave(),
  };
}

/**
 * Returns the signing secrets of the webhook endpoints. Each secret is added to `knownSecrets` when it is read, so that
 * the log redacts it.
 */
function webhookSecretsOf(
  { webhook }: Deployment,
  knownSecrets: Set<string>,
  log: Log,
  sandboxSecrets: () => readonly string[] = () => [],
): WebhookSecrets {
  const secrets = webhook.map((secretSource) => secretOf(secretSource, SIGNING_SECRET, knownSecrets));
  return new WebhookSecrets(secrets, lazySignatures(), systemClock, log, () => {
    const values = sandboxSecrets();
    for (const value of values) knownSecrets.add(value);
    return values;
  });
}

/**
 * Returns the limits of the connection, and logs a warning for each setting above Stripe's default limit. Without the
 * setting `account_ceiling`, the ceiling of the account is Stripe's limit for test keys or for live keys. A key in
 * Secret Manager has not been read yet and counts as a live key.
 */
function connectionLimits({ settings, key }: Deployment, log: Log): Limits {
  const mode = key.from === 'environment' && /^(sk|rk)_test_/.test(key.value) ? 'test' : 'live';
  const limits = { ...settings, accountCeiling: settings.accountCeiling ?? ACCOUNT_LIMITS[mode] };
  for (const setting of highCeilings(limits, mode))
    log.write('WARNING', 'setting above the rate limit that Stripe has by default', { ...setting });
  return limits;
}

/** Returns the source of the proxy's options and current password, or undefined if the settings have no proxy. */
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

/**
 * Returns the cached API key. A connection with its key in Secret Manager and its state in Firestore records which
 * Stripe account it uses. `AccountWatch` then warns if connections that share the account may exceed its limit.
 */
function cachedApiKey(
  { key, settings }: Deployment,
  knownSecrets: Set<string>,
  users: AccountUsers | undefined,
  limits: Limits,
  log: Log,
): CachedSecret {
  const secrets = secretOf(key, API_KEY, knownSecrets);
  if (key.from === 'environment' || users === undefined) return new CachedSecret(secrets, systemClock);
  const { perSecond } = capacity(limits.maxNodes, limits);
  const own = { connection: settings.name, perSecond, hasCeiling: settings.accountCeiling !== undefined };
  const watch = new AccountWatch({ users, clock: systemClock, log, own });
  return new CachedSecret(secrets, systemClock, (value) => watch.checkInBackground(value));
}

/**
 * Returns the reader of a secret. The reader adds every value that it reads to `knownSecrets`, so that the log redacts
 * the value.
 */
function secretOf(secret: SecretSource, kind: SecretKind, knownSecrets: Set<string>): Secrets {
  const source = secret.from === 'environment' ? envSecret(secret.value, kind) : managedSecret(secret, kind);
  const read = async (): Promise<string> => {
    const value = await source.read();
    knownSecrets.add(value);
    return value;
  };
  return { rotates: source.rotates, read };
}

function managedSecret(secret: ManagedSecret, kind: SecretKind): Secrets {
  const { read } = lazyProxy<Pick<Secrets, 'read'>>(async () => {
    const { secretManager } = await import('./adapters/google/index.ts');
    return secretManager({ ...secret, kind });
  });
  return { rotates: secret.version.endsWith('/latest'), read };
}

/** The state that the instances of a connection share. */
interface SharedState {
  readonly tokens: TokenStore;
  readonly allocations: AllocationStore;
  readonly operations: OperationStore;
  readonly operationLog: OperationLog;
  readonly deadLetters: DeadLetterStore;
  readonly inbox: EventInbox;
  /** Undefined if the state is in the memory of this process. */
  readonly accountUsers?: AccountUsers;
}

function sharedState({ state, settings }: Deployment, clock: StoreClock): SharedState {
  if (state.in === 'memory') {
    const operations = memoryOperations(clock);
    return {
      tokens: memoryTokens(systemClock),
      allocations: memoryAllocations(systemClock),
      operations,
      operationLog: operations,
      deadLetters: memoryDeadLetters(),
      inbox: memoryEvents(systemClock),
    };
  }
  const firestore = lazy(async () =>
    (await import('./adapters/google/index.ts')).firestoreState(state, settings.name, storedDocuments, clock),
  );
  return {
    tokens: lazyProxy(async () => (await firestore()).tokens),
    allocations: lazyProxy(async () => (await firestore()).allocations),
    operations: lazyProxy(async () => (await firestore()).operations),
    operationLog: lazyProxy(async () => (await firestore()).operationLog),
    deadLetters: lazyProxy(async () => (await firestore()).deadLetters),
    inbox: lazyProxy(async () => (await firestore()).inbox),
    accountUsers: lazyProxy(async () => (await firestore()).accountUsers),
  };
}

/** Returns a publisher to Pub/Sub if a project or an emulator is set, or else one that only logs. */
function publisher({ pubsub }: Deployment, log: Log): Publisher {
  if (pubsub === undefined) return memoryPublisher(log);
  return lazyProxy(async () => (await import('./adapters/google/index.ts')).pubsub(pubsub));
}

function stripeTransport(deployment: Deployment, knownSecrets: Set<string>): StripeTransport {
  const { settings, stripeBase } = deployment;
  const options: SdkTransportOptions = {
    base: stripeBase,
    showTls: settings.verbosity === '5',
    apiVersion: settings.apiVersion,
    proxy: proxyOf(deployment, knownSecrets),
  };
  return lazyProxy(async () => (await import('./adapters/stripe/index.ts')).sdkTransport(options));
}

function lazySignatures(): SignatureVerifier {
  return lazyProxy(async () => (await import('./adapters/stripe/index.ts')).signatureVerifier());
}

function lazyIdTokens(): IdTokenVerifier {
  const { verify } = lazyProxy<{ verify: IdTokenVerifier }>(async () => {
    const { idTokenVerifier } = await import('./adapters/google/index.ts');
    return { verify: idTokenVerifier() };
  });
  return verify;
}

function toolServer(): ToolServer {
  return lazyProxy(async () => (await import('./adapters/mcp/index.ts')).mcp());
}
