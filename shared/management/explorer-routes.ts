import type { Connector } from '../operations/connector.ts';
import { suspensionOf } from './admin/connection-methods.ts';
import type { Administrable } from './admin/method.ts';
import { healthOf, healthSuspended, type Health } from './health.ts';
import { exposedLevel } from './access.ts';
import type { ManagementRoute } from './route.ts';

/** Routes that the console uses in addition to `DISCOVERY_ROUTES` and `CONSOLE_READS`. */
export const EXPLORER_ROUTES: readonly ManagementRoute[] = [
  [/^\/about$/, 'discovery', ({ connector }) => about(connector)],
  [/^\/activity$/, 'reads', ({ connector }) => activity(connector)],
];

/** Describes the connection and the Stripe server that it uses. `stripe` is `sandbox` if STRIPE_API_BASE names the server. */
async function about(connector: Administrable): Promise<object> {
  const { settings, stripeBase, local, deps } = connector;
  // `healthOf` reports a suspension only after this instance has used the permits that it already has. The store
  // reports it at once.
  const suspended = await suspensionOf(connector).catch(() => null);
  const { livemode, keyAccepted: _, ...health } = suspended === null ? await healthOf(connector) : healthSuspended();
  return {
    connection: settings.name,
    region: settings.region,
    local,
    stripe: stripeBase === undefined ? modeOf(livemode) : 'sandbox',
    stripeBase,
    apiVersion: deps.apiVersion,
    expose: exposedLevel(connector),
    readOnly: settings.readOnly,
    suspended,
    health,
  };
}

/**
 * Returns the mode of the API key. Returns `unknown` if Stripe did not respond, because the key may then be a live key.
 */
function modeOf(livemode: Health['livemode']): 'live' | 'test' | 'unknown' {
  if (livemode === undefined) return 'unknown';
  return livemode ? 'live' : 'test';
}

/** Returns the rate limit and the latest requests to Stripe of this instance. */
function activity({ recentRequests, limit, clock }: Connector): object {
  return { atMs: clock.epochMs(), limit: limit(), transactions: recentRequests.recent() };
}
