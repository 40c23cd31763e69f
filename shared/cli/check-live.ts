import type { CallContext } from '../stripe/call-context.ts';
import { isConnectorError, type ConnectorError } from '../errors.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import type { App } from '../app.ts';

/** One thing that was looked at. */
export interface CheckResult {
  readonly what: string;
  readonly passed: boolean;
  /** What went wrong, and what to do. */
  readonly detail: string;
}

const DEADLINE_MS = 20_000;

/** What stands between here and Stripe's answer, in order, and the reasons that tell where a call ended. */
const STAGES: readonly (readonly [string, RegExp, string])[] = [
  ['API key is read', /^SECRET_/, 'the secret, its version, and roles/secretmanager.secretAccessor on it'],
  [
    'Firestore answers',
    /^(LIMITER|OPERATIONS)_UNAVAILABLE$/,
    'the database, and roles/datastore.user for the service account',
  ],
  ['connection is not suspended', /^CONNECTION_SUSPENDED$/, 'npm run connection -- resume'],
  ['proxy opens the way', /^PROXY_/, 'proxy_server, proxy_user, proxy_password, proxy_auth_scheme and proxy_ssltype'],
  [
    'Stripe answers',
    /^(STRIPE_UNREACHABLE|OUTCOME_UNKNOWN|DEADLINE_EXCEEDED)$/,
    'the way to api.stripe.com:443 from here',
  ],
  ['Stripe takes the key', /^API_KEY_REJECTED$/, 'a new version of the secret with a key that is not revoked'],
];

/** A read of each kind of object, and a write to one that is not there: Stripe looks at the permission first. */
const NOBODY = 'nobody00000000';
const PERMISSIONS: readonly (readonly [string, StripeRequest['method'], string])[] = [
  ['read customers', 'GET', '/v1/customers?'],
  ['write customers', 'POST', `/v1/customers/cus_${NOBODY}`],
  ['read payment intents', 'GET', '/v1/payment_intents?'],
  ['write payment intents', 'POST', `/v1/payment_intents/pi_${NOBODY}/confirm`],
  ['read payment methods', 'GET', `/v1/payment_methods/pm_${NOBODY}`],
  ['write payment methods', 'POST', `/v1/payment_methods/pm_${NOBODY}/detach`],
  ['read invoices', 'GET', '/v1/invoices?'],
  ['write invoices', 'POST', `/v1/invoices/in_${NOBODY}/finalize`],
  ['read quotes', 'GET', '/v1/quotes?'],
  ['write quotes', 'POST', `/v1/quotes/qt_${NOBODY}/cancel`],
  ['read events', 'GET', '/v1/events?'],
];

/** Looks at everything that the settings name, one after the other, through the very door that calls take. Changes nothing. */
export async function checkLive(world: App): Promise<CheckResult[]> {
  const failure = await ask(world, 'GET', '/v1/balance');
  const reached = STAGES.findIndex(([, reasons]) => failure !== undefined && reasons.test(failure.details.reason));
  const proxied = world.settings.proxyEnabled;
  const stages = STAGES.filter(([what]) => proxied || !what.startsWith('proxy'));
  const checked: CheckResult[] = [];
  for (const stage of stages) {
    const [what, , toDo] = stage;
    const failed = STAGES[reached] === stage;
    checked.push({ what, passed: !failed, detail: failed ? `${failure?.message ?? ''}. Look at ${toDo}` : '' });
    if (failed) return checked;
  }
  for (const [what, method, path] of PERMISSIONS) {
    const refusal = await ask(world, method, path);
    // Whoever may not do it learns that, whether or not there is such an object.
    const denied = refusal?.status === 'PERMISSION_DENIED';
    const guarded = denied && refusal.details.stripe === undefined;
    checked.push({
      what: `key may ${what}`,
      passed: !denied,
      detail: !denied
        ? ''
        : guarded
          ? refusal.message
          : 'give the restricted key this permission in the Dashboard, where it is needed',
    });
  }
  return checked;
}

async function ask(
  { deps, clock, random, settings }: App,
  method: StripeRequest['method'],
  path: string,
): Promise<ConnectorError | undefined> {
  const call: CallContext = {
    name: 'check',
    clock,
    deadlineAt: clock.monotonicMs() + DEADLINE_MS,
    outputFormat: 'native',
  };
  const list = path.endsWith('?');
  const request: StripeRequest = {
    method,
    path: list ? path.slice(0, -1) : path,
    params: list ? { limit: 1 } : {},
    ...(method === 'POST' ? { idempotencyKey: `check-${random.uuid()}` } : {}),
    ...(settings.accountId === undefined ? {} : { account: settings.accountId }),
  };
  try {
    await deps.stripe.request(request, call);
    return undefined;
  } catch (error) {
    if (isConnectorError(error)) return error;
    throw error;
  }
}
