/** A connector in this process, for tests: state in memory, time and Stripe as the test has them. */
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import { memoryDeadLetters } from '../../shared/adapters/memory/dead-letters.ts';
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { memoryAllocations } from '../../shared/adapters/memory/allocations.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { API_VERSION } from '../../shared/catalog/api-version.ts';
import { signatureVerifier } from '../../shared/adapters/stripe/signatures.ts';
import { envSecret } from '../../shared/adapters/env-secret.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { settingDefinitions } from '../../shared/config/settings-schema.ts';
import { rememberOperations } from '../../shared/idempotency/recent-operations.ts';
import { RecentRequests } from '../../shared/stripe/activity/recent-requests.ts';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import { callerAdmission } from '../../shared/management/admin/admission.ts';
import type { Administrable } from '../../shared/management/admin/method.ts';
import { requestLimits } from '../../shared/operations/request/limits.ts';
import { writePolicy, type WritePolicy } from '../../shared/stripe/write-policy/enforce.ts';
import { WebhookSecrets } from '../../shared/stripe/secrets/webhook-secrets.ts';
import { Limiter } from '../../shared/rate-limiter/limiter.ts';
import type { Clock, Random } from '../../shared/ports/clock.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import { watchedInbox } from '../../shared/event-inbox/watched.ts';
import type { RequestLog } from '../../shared/ports/log.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import type { Message, Publisher } from '../../shared/ports/publisher.ts';
import { SIGNING_SECRET } from '../../shared/ports/secrets.ts';
import type { StripeTransport } from '../../shared/stripe/transport.ts';
import type { TokenStore } from '../../shared/rate-limiter/store.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';
import { CATALOG, testDeps } from './connector-deps.ts';
import { assertEventMessage } from './event-message.ts';
import { testStripeClient } from './stripe-client.ts';

export interface Published extends Message {
  readonly topic: string;
}

export interface TestConnector extends Administrable {
  /** What was published, in order. */
  readonly published: Published[];
  readonly logged: { readonly severity: string; readonly message: string; readonly facts: object }[];
}

export interface TestOptions {
  readonly clock: Clock;
  readonly stripe: StripeTransport;
  readonly settings?: object;
  readonly webhookSecrets?: readonly string[];
  readonly publisher?: Publisher;
  readonly operations?: OperationStore;
  readonly inbox?: EventInbox;
  readonly tokens?: TokenStore;
  readonly random?: Random;
  /** As the local server is, or closed like a function. */
  readonly open?: boolean;
  readonly policy?: Partial<WritePolicy>;
  /** Of the connection; the catalog's own by default. */
  readonly apiVersion?: string;
  /** The Google Cloud project; unknown by default. */
  readonly project?: string;
}

const TOPIC = 'projects/p/topics';

export const TOPICS = {
  automation_topic: `${TOPIC}/asks`,
  results_topic: `${TOPIC}/results`,
  dead_letter_topic: `${TOPIC}/dead-letters`,
  events_topic: `${TOPIC}/events`,
};

let members = 0;

/** Places of members spread evenly, and ids that differ. */
function numbered(): Random {
  const own = (members += 1);
  let ids = 0;
  return { next: () => (own * 0.618034) % 1, uuid: () => `id-${own}-${(ids += 1)}` };
}

export function testConnector(options: TestOptions): TestConnector {
  const { clock, stripe, random = numbered() } = options;
  const settings = parseSettings({ name: 'test', region: 'local', ...TOPICS, ...options.settings });
  const published: Published[] = [];
  const publisher = options.publisher ?? {
    publish: (topic: string, message: Message) => Promise.resolve(void published.push({ topic, ...message })),
  };
  const logged: TestConnector['logged'] = [];
  const log: RequestLog = {
    write: (severity, message, facts) => void logged.push({ severity, message, facts }),
    during: (_facts, work) => work(),
  };
  const limits = { ...settings, accountCeiling: settings.accountCeiling ?? 100 };
  const tokens = options.tokens ?? memoryTokens(clock);
  const operationLog = memoryOperations(createStoreClock(clock));
  const limiter = new Limiter({
    member: { connection: settings.name, id: random.uuid(), place: random.next() },
    limits,
    store: tokens,
    allocations: memoryAllocations(clock),
    clock,
    log,
  });
  const activity = new RecentRequests();
  const policy: WritePolicy = {
    ...writePolicy(settings, { epochMs: () => clock.epochMs(), table: () => CATALOG.policyTable() }),
    ...options.policy,
  };
  const client = testStripeClient({
    recentRequests: activity,
    stripe,
    apiKey: new CachedSecret({ rotates: false, read: () => Promise.resolve(SANDBOX_KEY) }, clock),
    limiter,
    clock,
    random,
    log,
    maxWaitMs: settings.maxWaitMs,
    policy,
  });
  const secrets = (options.webhookSecrets ?? []).map((value) => envSecret(value, SIGNING_SECRET));
  const operations = rememberOperations(options.operations ?? operationLog);
  return {
    settings,
    deps: testDeps(client, {
      operations,
      operationRetentionUs: settings.operationRetentionDays * 86_400_000_000,
      operationRecord: settings.operationRecord,
      strict: options.apiVersion === undefined,
      apiVersion: options.apiVersion ?? API_VERSION,
      policy,
      limits: requestLimits(settings),
      scanLimit: settings.scanLimit,
      log,
    }),
    clock,
    random,
    log,
    project: options.project,
    recentRequests: activity,
    limit: () => limiter.view(),
    publisher: {
      publish: (topic, message) => {
        if (topic === settings.eventsTopic) assertEventMessage(message);
        return publisher.publish(topic, message);
      },
    },
    deadLetters: memoryDeadLetters(),
    inbox: watchedInbox(options.inbox ?? memoryEvents(clock)),
    webhookSecrets: new WebhookSecrets(secrets, signatureVerifier(), clock),
    tokens,
    resumed: () => limiter.resumed(),
    limits,
    operationLog,
    describedSettings: settingDefinitions,
    recentOperations: () => operations.recent(),
    admitAdmin: callerAdmission(settings.adminCallers, () => Promise.resolve({})),
    apiKey: () => Promise.resolve(SANDBOX_KEY),
    publishes: true,
    onOwnMachine: false,
    open: options.open ?? true,
    local: options.open ?? true,
    shutdown: () => limiter.leave(),
    published,
    logged,
  };
}
