/** Checks that connections with the same API key do not together exceed the rate of the Stripe account. */
import * as z from 'zod';
import { ACCOUNT_LIMITS } from '../../rate-limiter/capacity.ts';
import { failedCheck, passedCheck, failedRead, type Check, type Checker } from './check.ts';
import { readConnectionSettings } from './connection-settings.ts';
import type { PlannedConnection } from './deployment.ts';

const functionsBody = z.object({
  functions: z
    .array(
      z.object({
        serviceConfig: z.object({ environmentVariables: z.record(z.string(), z.string()).default({}) }).default({
          environmentVariables: {},
        }),
      }),
    )
    .default([]),
});

/** https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/list */
export const checkCeilings: Checker = async (api, { project, connections }) => {
  const secrets = [...new Set(connections.map(({ secret }) => secret))];
  const response = await api.get(
    `https://cloudfunctions.googleapis.com/v2/projects/${project}/locations/-/functions?pageSize=1000`,
  );
  if (response.status !== 200)
    return secrets.map((secret) => failedRead(ceilingText(secret), response, 'cloudfunctions', project));
  const deployed = functionsBody.parse(response.body).functions.flatMap(({ serviceConfig }): PlannedConnection[] => {
    const settings = readConnectionSettings(serviceConfig.environmentVariables['CONNECTION_SETTINGS']);
    if (settings?.api_key === undefined) return [];
    const secret = settings.api_key.split('/versions/')[0] ?? '';
    return [{ name: settings.name, secret, ceiling: settings.account_ceiling ?? ACCOUNT_LIMITS.live }];
  });
  return secrets.map((secret) => checkSecretCeilings(secret, [...deployed, ...connections]));
};

const ceilingText = (secret: string): string =>
  `connections with the key in ${secret.split('/').at(-1) ?? ''} together stay below the limit of the account`;

/** Checks the connections of one secret. A planned connection replaces the deployed one with its name. */
function checkSecretCeilings(secret: string, connections: readonly PlannedConnection[]): Check {
  const what = ceilingText(secret);
  const ceilings = new Map(
    connections.flatMap((connection) => (connection.secret === secret ? [[connection.name, connection.ceiling]] : [])),
  );
  const total = [...ceilings.values()].reduce((sum, ceiling) => sum + ceiling, 0);
  if (ceilings.size < 2 || total <= ACCOUNT_LIMITS.live) return passedCheck(what);
  const named = [...ceilings]
    .flatMap(([name, ceiling]) => (name === undefined ? [] : [`${name} may send ${ceiling} a second`]))
    .join(', ');
  return failedCheck(
    what,
    `${named}: give each connection with this key an account_ceiling, together at most Stripe's limit of the account (${ACCOUNT_LIMITS.live} for a live key, ${ACCOUNT_LIMITS.test} for a test key)`,
  );
}
