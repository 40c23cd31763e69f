import type { Exposure } from '../config/exposure.ts';
import type { Settings } from '../config/settings.ts';
import type { Capacity } from '../rate-limiter/capacity.ts';

export interface ServerAnnouncement {
  readonly port: number;
  readonly functions: readonly string[];
  /** `sandbox at http://...`, or the server that STRIPE_API_BASE names, or Stripe. */
  readonly stripe: string;
  readonly state: string;
  readonly openness: Exposure;
  readonly settings: Settings;
  readonly capacity: Capacity;
}

/** Returns what the local server prints when it is ready: everything that a newcomer needs for the first call. */
export function announcement(details: ServerAnnouncement): string {
  const base = `http://localhost:${details.port}`;
  const first = `curl -s ${base}/create-entity -H 'Content-Type: application/json' -d '{"entity":"Customer","connectorInputPayload":{"Email":"jane@example.com","Name":"Jane"}}'`;
  return [
    `ready on ${base}`,
    `console: ${base}/`,
    `functions (POST ${base}/<name>):`,
    ...details.functions.map((name) => `  ${name}`),
    `stripe: ${details.stripe}`,
    `state: ${details.state}`,
    describeExposure(details.openness),
    formatLimit(details.settings, details.capacity),
    'try it:',
    `  ${first}`,
  ].join('\n');
}

function describeExposure({ open, why }: Exposure): string {
  return open
    ? `open: everything that the settings leave unset is allowed, because of ${why}`
    : `closed as in the cloud: what the settings leave unset is not allowed, because ${why}; npm start -- --open opens it for a test key`;
}

/** `limit 12/s = 6 x 2 nodes (limit_scope node); 6/s in all with limit_scope connection` */
export function formatLimit(settings: Pick<Settings, 'limitScope'>, { perSecond, nodes }: Capacity): string {
  if (settings.limitScope === 'connection') {
    return `limit ${perSecond}/s in all (limit_scope connection); 6/s for each node with limit_scope node`;
  }
  const cut = perSecond < 6 * nodes ? `, cut to ${perSecond}/s by the ceilings` : '';
  return `limit ${perSecond}/s = 6 x ${nodes} nodes (limit_scope node)${cut}; 6/s in all with limit_scope connection`;
}
