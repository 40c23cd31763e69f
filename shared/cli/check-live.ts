import type { CallContext } from '../stripe/call-context.ts';
import { isConnectorError, type ConnectorError } from '../errors.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import type { App } from '../app.ts';

/** The result of one check. */
export interface CheckResult {
  readonly what: string;
  readonly passed: boolean;
  /** What is wrong and what to do. Empty if the check passed. */
  readonly detail: string;
}

const LIVE_CHECK_DEADLINE_MS = 20_000;

/**
 * The stages of a call to Stripe in order, each with the error reasons of a call that fails there and what to check.
 */
const STAGES: readonly (readonly [string, RegExp, string])[] = [
  ['API key is read', /^SECRET_/, 'the secret, its version, and roles/secretmanager.secretAccessor on it'],
  [
    'Firestore responds',
    /^(LIMITER|OPERATIONS)_UNAVAILABLE$/,
    'the database, and roles/datastore.user for the service account',
  ],
  ['connection is not suspended', /^CONNECTION_SUSPENDED$/, 'stripe-connector resume'],
  [
    'proxy opens a connection',
    /^PROXY_/,
    'proxy_server, proxy_user, proxy_password, proxy_auth_scheme and proxy_ssltype',
  ],
  [
    'Stripe responds',
    /^(STRIPE_UNREACHABLE|OUTCOME_UNKNOWN|DEADLINE_EXCEEDED)$/,
    'that this machine can connect to api.stripe.com:443',
  ],
  ['Stripe accepts the key', /^API_KEY_REJECTED$/, 'a new version of the secret with a key that is not revoked'],
];

const NONEXISTENT_ID = 'nonexistent00000000';
/**
 * Reads and writes of several kinds of objects. A path with an id names an object that does not exist, because Stripe
 * checks the permission before the id. A path that ends with `?` is a list.
 */
const PERMISSIONS: readonly (readonly [string, StripeRequest['method'], string])[] = [
  ['read customers', 'GET', '/v1/customers?'],
  ['write customers', 'POST', `/v1/customers/cus_${NONEXISTENT_ID}`],
  ['read payment intents', 'GET', '/v1/payment_intents?'],
  ['write payment intents', 'POST', `/v1/payment_intents/pi_${NONEXISTENT_ID}/confirm`],
  ['read payment methods', 'GET', `/v1/payment_methods/pm_${NONEXISTENT_ID}`],
  ['write payment methods', 'POST', `/v1/payment_methods/pm_${NONEXISTENT_ID}/detach`],
  ['read invoices', 'GET', '/v1/invoices?'],
  ['write invoices', 'POST', `/v1/invoices/in_${NONEXISTENT_ID}/finalize`],
  ['read quotes', 'GET', '/v1/quotes?'],
  ['write quotes', 'POST', `/v1/quotes/qt_${NONEXISTENT_ID}/cancel`],
  ['read events', 'GET', '/v1/events?'],
];

/**
 * Sends a read of the balance with the client that operations use, and reports the stage at which it failed, if it
 * failed. If no stage failed, also checks each of PERMISSIONS. Changes nothing at Stripe. `onCheck` is called before
 * the check of each permission.
 */
export async function checkLive(
  app: App,
  onCheck: (check: Pick<CheckResult, 'what'>) => void = () => undefined,
): Promise<CheckResult[]> {
  const failure = await tryRequest(app, 'GET', '/v1/balance');
  const stages = STAGES.filter(([what]) => app.settings.proxyEnabled || !what.startsWith('proxy'));
  const results: CheckResult[] = [];
  for (const [what, reasons, toDo] of stages) {
    if (failure !== undefined && reasons.test(failure.details.reason))
      return [...results, { what, passed: false, detail: `${failure.message}. Check ${toDo}` }];
    results.push({ what, passed: true, detail: '' });
  }
  for (const [what, method, path] of PERMISSIONS) {
    onCheck({ what: `key may ${what}` });
    const rejection = await tryRequest(app, method, path);
    results.push({ what: `key may ${what}`, ...permissionResult(rejection) });
  }
  return results;
}

/**
 * Returns the result for a permission. Any error except PERMISSION_DENIED passes, because Stripe reports a missing
 * permission whether or not the object exists.
 */
function permissionResult(rejection: ConnectorError | undefined): Pick<CheckResult, 'passed' | 'detail'> {
  if (rejection?.status !== 'PERMISSION_DENIED') return { passed: true, detail: '' };
  // The connection's own write policy rejected the request before it was sent.
  if (rejection.details.stripe === undefined) return { passed: false, detail: rejection.message };
  return { passed: false, detail: 'grant the restricted key this permission in the Dashboard if you need it' };
}

/** Sends a request. Returns the error if it fails. */
async function tryRequest(
  { deps, clock, random, settings }: App,
  method: StripeRequest['method'],
  path: string,
): Promise<ConnectorError | undefined> {
  const call: CallContext = {
    name: 'check',
    clock,
    deadlineAt: clock.monotonicMs() + LIVE_CHECK_DEADLINE_MS,
    outputFormat: 'native',
  };
  const list = path.endsWith('?');
  const request: StripeRequest = {
    method,
    path: list ? path.slice(0, -1) : path,
    params: list ? { limit: 1 } : {},
    idempotencyKey: method === 'POST' ? `check-${random.uuid()}` : undefined,
    account: settings.accountId,
  };
  try {
    await deps.stripe.request(request, call);
    return undefined;
  } catch (error) {
    if (isConnectorError(error)) return error;
    throw error;
  }
}
