import type { Exposure } from '../config/exposure.ts';
import type { Settings } from '../config/settings.ts';
import { ADMIN_TOKEN_VARIABLE } from './admin-token.ts';
import { describePolicy } from '../stripe/write-policy/describe-policy.ts';
import { describeEvents } from '../webhooks/describe-events.ts';
import { describeLimit, type Capacity } from '../rate-limiter/capacity.ts';

export interface ServerAnnouncement {
  readonly port: number;
  readonly functions: readonly string[];
  /** The server that the functions call: the sandbox with its URL, the URL in STRIPE_API_BASE, or Stripe's URL. */
  readonly stripe: string;
  readonly state: string;
  readonly exposure: Exposure;
  readonly settings: Settings;
  readonly capacity: Capacity;
  /** Result of the check of the API key. Undefined with the sandbox, and if the check takes too long. */
  readonly keyLine: string | undefined;
  /** True if events and results are published to Pub/Sub. */
  readonly publishes: boolean;
  /** True if the sandbox runs in this process. Its admin API is at `/_sandbox/` of this server. */
  readonly runsSandbox: boolean;
  /** Token of the admin methods. Set only if the token file could not be written. */
  readonly shownToken: string | undefined;
}

/**
 * Returns the text that the local server prints when it is ready. The address and an example call come last, so that a
 * new user sees them directly above the prompt.
 */
export function startMessage(details: ServerAnnouncement): string {
  const base = `http://localhost:${details.port}`;
  const firstCall = `curl -s ${base}/create-entity -H 'Content-Type: application/json' -d '{"entity":"Customer","connectorInputPayload":{"Email":"jane@example.com","Name":"Jane"}}'`;
  return [
    `console: ${base}/`,
    `docs: ${base}/docs/`,
    `${details.functions.length} functions, POST ${base}/<name>: ${details.functions.slice(0, 3).join(', ')}, ...`,
    `stripe: ${details.stripe}`,
    ...(details.keyLine === undefined ? [] : [details.keyLine]),
    ...(details.runsSandbox ? [`sandbox control (time, faults, requests): ${base}/_sandbox/`] : []),
    `state: ${details.state}`,
    describeEvents(details.settings, details.publishes),
    describeExposure(details.exposure),
    describePolicy(details.settings),
    describeLimit(details.settings, details.capacity),
    ...(details.shownToken === undefined
      ? []
      : [`admin token (the cache folder cannot be written): ${ADMIN_TOKEN_VARIABLE}=${details.shownToken}`]),
    `ready on ${base}`,
    'try it:',
    `  ${firstCall}`,
  ].join('\n');
}

function describeExposure({ open, why }: Exposure): string {
  return open
    ? `open: everything that the settings leave unset is allowed, because of ${why}`
    : `closed as in the cloud: what the settings leave unset is not allowed, because ${why}; npm start -- --open opens it for a test key`;
}
