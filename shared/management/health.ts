import type { CallContext } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { toConnectorError, type ConnectorError } from '../errors.ts';

/** As the vendor's `checkStatus` tells it: always an answer, never an error. */
export interface Health {
  readonly state: 'ACTIVE' | 'ERROR' | 'AUTH_ERROR';
  /** What to do; always there unless the state is ACTIVE. */
  readonly description?: string;
  /** Whether it is real money, where Stripe said so. */
  readonly livemode?: boolean;
}

/** Milliseconds that one look at Stripe is good for: a monitor must not use the connection's rate up. */
const GOOD_FOR_MS = 5000;
/** Milliseconds of a look. */
const LONGEST_LOOK_MS = 10_000;

/** The key, the secret or the proxy's password are not taken. */
const AUTH: Readonly<Record<string, string>> = {
  API_KEY_REJECTED: 'Stripe rejects the API key: put a valid one into the secret that api_key names',
  PROXY_AUTH_REJECTED: 'the proxy rejects its credentials: check proxy_user, proxy_password and proxy_auth_scheme',
};

/** What to do about it, by the reason of the error. */
const REMEDIES: Readonly<Record<string, string>> = {
  CONNECTION_SUSPENDED: 'resume it: suspended = false in the settings, or npm run connection -- resume',
  LIMITER_UNAVAILABLE: 'check the Firestore database and that the service account may use it (roles/datastore.user)',
  STRIPE_UNREACHABLE: 'check the way to api.stripe.com, and status.stripe.com',
  STRIPE_SERVER_ERROR: 'look at status.stripe.com',
  PROXY_UNREACHABLE: 'check proxy_server and that the functions reach it',
  PROXY_REFUSED: 'let the proxy open CONNECT to api.stripe.com:443',
};

const kept = new WeakMap<Connector, { readonly atMs: number; readonly health: Promise<Health> }>();

/** One question to Stripe (its balance), at most every few seconds, through the limiter. */
export function healthOf(connector: Connector): Promise<Health> {
  const now = connector.clock.monotonicMs();
  const last = kept.get(connector);
  if (last !== undefined && now - last.atMs < GOOD_FOR_MS) return last.health;
  const health = look(connector);
  kept.set(connector, { atMs: now, health });
  return health;
}

async function look({ settings, deps, clock }: Connector): Promise<Health> {
  if (settings.suspended) return { state: 'ERROR', description: worded('CONNECTION_SUSPENDED', 'it is suspended') };
  const call: CallContext = {
    name: 'checkStatus',
    clock,
    deadlineAt: clock.monotonicMs() + LONGEST_LOOK_MS,
    outputFormat: 'native',
    ...(settings.accountId === undefined ? {} : { account: settings.accountId }),
  };
  try {
    const { account } = call;
    const { body } = await deps.stripe.request(
      { method: 'GET', path: '/v1/balance', params: {}, ...(account === undefined ? {} : { account }) },
      call,
    );
    return { state: 'ACTIVE', ...(typeof body['livemode'] === 'boolean' ? { livemode: body['livemode'] } : {}) };
  } catch (cause) {
    return healthAfter(toConnectorError(cause));
  }
}

function healthAfter({ status, message, details }: ConnectorError): Health {
  // A key that may not read the balance is a key; a connection at its limit is at work.
  if (details.reason === 'STRIPE_PERMISSION')
    return { state: 'ACTIVE', description: 'the key may not read the balance' };
  if (status === 'RESOURCE_EXHAUSTED') return { state: 'ACTIVE', description: `busy: ${message}` };
  const auth = AUTH[details.reason];
  if (auth !== undefined) return { state: 'AUTH_ERROR', description: auth };
  if (details.reason.startsWith('SECRET_') && details.reason !== 'SECRET_UNAVAILABLE')
    return { state: 'AUTH_ERROR', description: message };
  return { state: 'ERROR', description: worded(details.reason, message) };
}

function worded(reason: string, message: string): string {
  const remedy = REMEDIES[reason];
  return remedy === undefined ? message : `${message}: ${remedy}`;
}
