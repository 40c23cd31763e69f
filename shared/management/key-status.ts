import { healthOf, type Health } from './health.ts';
import type { Administrable } from './admin/method.ts';

/** The status of the API key, with its last four characters. */
export interface KeyStatus {
  /** Null if this process does not read the key or cannot read it. */
  readonly ending: string | null;
  readonly mode: 'test' | 'live' | null;
  /** Whether Stripe accepts the key. */
  readonly state: 'accepted' | 'rejected' | 'not checked';
  /** What to do. Null if there is nothing to do. */
  readonly description: string | null;
}

/**
 * Reads the key and checks it with one call to Stripe. The default check sends a call at most every few seconds. Never
 * throws.
 *
 * With --project, the command line neither reads nor checks the key. It then needs no permission to read the secret,
 * and the rate limiter does not count it as a node.
 */
export async function keyStatusOf(
  connection: Administrable,
  check: (connection: Administrable) => Promise<Health> = healthOf,
): Promise<KeyStatus> {
  if (connection.onOwnMachine && !connection.local)
    return { ending: null, mode: null, state: 'not checked', description: 'stripe-connector check --live checks it' };
  const { keyAccepted, description = null } = await check(connection);
  const key = await connection.apiKey().catch(() => undefined);
  const shown = {
    ending: key === undefined ? null : key.slice(-SHOWN_CHARACTERS),
    mode: key === undefined ? null : modeOfKey(key),
  };
  if (keyAccepted === undefined) return { ...shown, state: 'not checked', description };
  return keyAccepted
    ? { ...shown, state: 'accepted', description: null }
    : { ...shown, state: 'rejected', description: REJECTED };
}

function modeOfKey(key: string): 'test' | 'live' {
  return /^(sk|rk)_live_/.test(key) ? 'live' : 'test';
}

const SHOWN_CHARACTERS = 4;
const REJECTED = 'set STRIPE_API_KEY, or the secret that api_key names, to a valid key';

/** Returns the status of the key on one line. */
export function describeKey({ ending, mode, state, description }: KeyStatus): string {
  const key = ending === null ? 'key:' : `key: ...${ending} (${mode} key),`;
  const more = description === null ? '' : `: ${description}`;
  if (state === 'not checked') return `${key} not checked${more}`;
  return `${key} ${state === 'accepted' ? 'accepted' : 'REJECTED'} by Stripe${more}`;
}
