import type { Connector } from '../operations/connector.ts';
import { healthOf, type Health } from './health.ts';
import { exposedLevel } from './access.ts';
import type { ManagementRoute } from './route.ts';

/** What the explorer's page shows beside what it asks of discovery. */
export const EXPLORER_ROUTES: readonly ManagementRoute[] = [
  [/^\/about$/, 'discovery', ({ connector }) => about(connector)],
  [/^\/activity$/, 'reads', ({ connector }) => activity(connector)],
];

/** Which connection, and which Stripe: `sandbox` is a server that the environment names. */
async function about(connector: Connector): Promise<object> {
  const { settings, stripeBase, local, deps } = connector;
  const { livemode, ...health } = await healthOf(connector);
  return {
    connection: settings.name,
    region: settings.region,
    local,
    stripe: stripeBase === undefined ? modeOf(livemode) : 'sandbox',
    ...(stripeBase === undefined ? {} : { stripeBase }),
    apiVersion: deps.apiVersion,
    expose: exposedLevel(connector),
    readOnly: settings.readOnly,
    health,
  };
}

/** Where Stripe did not say, it may be real money. */
function modeOf(livemode: Health['livemode']): 'live' | 'test' | 'unknown' {
  return livemode === undefined ? 'unknown' : livemode ? 'live' : 'test';
}

/** The limit and the last transactions, as this instance saw them. */
function activity({ recentRequests: seen, limit, clock }: Connector): object {
  return { atMs: clock.epochMs(), limit: limit(), transactions: seen.recent() };
}
