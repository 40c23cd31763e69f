import type { StripeRequest } from '../stripe/transport.ts';
import { WaitReport, type CallContext } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { toConnectorError, type ConnectorError } from '../errors.ts';

/** The result of Google's `checkStatus`. The method never fails: `state` reports problems. */
export interface Health {
  readonly state: 'ACTIVE' | 'ERROR' | 'AUTH_ERROR';
  /** What to do, or details. Always set unless the state is ACTIVE. */
  readonly description?: string | undefined;
  /** Whether Stripe accepts the key. Undefined if the check could not find that out. */
  readonly keyAccepted?: boolean | undefined;
  /** Whether the key is a live key, if Stripe reported it. */
  readonly livemode?: boolean | undefined;
}

/** Time for which the result of a check is reused, so that a monitor does not use up the rate of the connection. */
const CACHE_MS = 5000;
/** Deadline of a check. */
const MAX_CHECK_MS = 10_000;

/** What to do if Stripe or the proxy rejects the credentials, by the reason of the error. */
const AUTH_REMEDIES: Readonly<Record<string, string>> = {
  API_KEY_REJECTED: 'Stripe rejects the API key; store a valid one in the secret that api_key names',
  PROXY_AUTH_REJECTED: 'the proxy rejects its credentials; check proxy_user, proxy_password and proxy_auth_scheme',
};

/** What to do about other failures, by the reason of the error. */
const REMEDIES: Readonly<Record<string, string>> = {
  CONNECTION_SUSPENDED: 'resume it: suspended = false in the settings, or stripe-connector resume',
  LIMITER_UNAVAILABLE: 'check the Firestore database and that the service account may use it (roles/datastore.user)',
  STRIPE_UNREACHABLE: 'check the connection to api.stripe.com, and status.stripe.com',
  STRIPE_SERVER_ERROR: 'check status.stripe.com',
  PROXY_UNREACHABLE: 'check proxy_server and that the functions reach it',
  PROXY_REFUSED: 'let the proxy open CONNECT to api.stripe.com:443',
};

const cache = new WeakMap<Connector, { readonly atMs: number; readonly health: Promise<Health> }>();

/** Returns the health of the connection. It is checked at most once per CACHE_MS, by a read of Stripe's balance. */
export function healthOf(connector: Connector): Promise<Health> {
  const now = connector.clock.monotonicMs();
  const last = cache.get(connector);
  if (last !== undefined && now - last.atMs < CACHE_MS) return last.health;
  const health = checkHealth(connector);
  cache.set(connector, { atMs: now, health });
  return health;
}

/** Removes the cached health, so that the next check reads the state of the connection again. */
export function forgetHealth(connector: Connector): void {
  cache.delete(connector);
}

/** The read that checks Stripe and the key. */
type HealthRead = Pick<StripeRequest, 'path' | 'params'>;

const BALANCE: HealthRead = { path: '/v1/balance', params: {} };

/**
 * Checks the connection by one read of Stripe through the rate limiter, by default of the balance. If the settings
 * suspend the connection, nothing is sent. Never throws.
 */
export async function checkHealth({ settings, deps, clock }: Connector, read: HealthRead = BALANCE): Promise<Health> {
  if (settings.suspended) return healthSuspended();
  const waits = new WaitReport();
  const call: CallContext = {
    name: 'checkStatus',
    waits,
    clock,
    deadlineAt: clock.monotonicMs() + MAX_CHECK_MS,
    outputFormat: 'native',
    account: settings.accountId,
  };
  try {
    const { account } = call;
    const { body } = await deps.stripe.request({ method: 'GET', ...read, account }, call);
    const { livemode } = body;
    return {
      state: 'ACTIVE',
      keyAccepted: true,
      description: waits.waited ? `waited for the rate limiter: ${waits.toHeader() ?? ''}` : undefined,
      livemode: typeof livemode === 'boolean' ? livemode : undefined,
    };
  } catch (cause) {
    return healthAfter(toConnectorError(cause), read);
  }
}

export function healthSuspended(): Health {
  return { state: 'ERROR', description: withRemedy('CONNECTION_SUSPENDED', 'the connection is suspended') };
}

function healthAfter({ status, message, details }: ConnectorError, { path }: HealthRead): Health {
  // A restricted key without the permission for the read is valid, and a connection that is at its rate limit works.
  if (details.reason === 'STRIPE_PERMISSION')
    return {
      state: 'ACTIVE',
      keyAccepted: true,
      description: `the key has no permission to read ${path.split('/').at(-1)}, which other calls do not need`,
    };
  if (details.reason === 'CONNECTION_SUSPENDED') return healthSuspended();
  if (status === 'RESOURCE_EXHAUSTED') return { state: 'ACTIVE', description: `busy: ${message}` };
  const auth = AUTH_REMEDIES[details.reason];
  if (auth !== undefined)
    return {
      state: 'AUTH_ERROR',
      description: auth,
      keyAccepted: details.reason === 'API_KEY_REJECTED' ? false : undefined,
    };
  if (details.reason.startsWith('SECRET_') && details.reason !== 'SECRET_UNAVAILABLE')
    return { state: 'AUTH_ERROR', description: message };
  return { state: 'ERROR', description: withRemedy(details.reason, message) };
}

function withRemedy(reason: string, message: string): string {
  const remedy = REMEDIES[reason];
  return remedy === undefined ? message : `${message}: ${remedy}`;
}
