/** Checks that connections with the same API key do not each send the whole rate of the Stripe account. */
import * as z from 'zod';
import { ACCOUNT_LIMITS } from '../../rate-limiter/capacity.ts';
import { failedCheck, passed, unread, type Checker } from './check.ts';

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
const settingsBody = z.object({
  name: z.string(),
  api_key: z.string().optional(),
  account_ceiling: z.number().optional(),
});

/** https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/list */
export const checkCeilings: Checker = async (api, { project, secret }) => {
  const what = `no deployed connection takes the whole rate of the key in ${secret}`;
  const response = await api.get(
    `https://cloudfunctions.googleapis.com/v2/projects/${project}/locations/-/functions?pageSize=1000`,
  );
  if (response.status !== 200) return [unread(what, response, 'cloudfunctions', project)];
  const ceilings = new Map<string, number>();
  for (const { serviceConfig } of functionsBody.parse(response.body).functions) {
    const settings = deployedConnection(serviceConfig.environmentVariables['CONNECTION_SETTINGS']);
    if (settings?.api_key?.split('/versions/')[0]?.endsWith(`/secrets/${secret}`) === true)
      ceilings.set(settings.name, settings.account_ceiling ?? ACCOUNT_LIMITS.live);
  }
  const total = [...ceilings.values()].reduce((sum, ceiling) => sum + ceiling, 0);
  if (total < ACCOUNT_LIMITS.live) return [passed(what)];
  const named = [...ceilings].map(([name, ceiling]) => `${name} may send ${ceiling} a second`).join(', ');
  return [
    failedCheck(
      what,
      `${named}: give each connection with this key an account_ceiling, together at most Stripe's limit of the account (${ACCOUNT_LIMITS.live} for a live key, ${ACCOUNT_LIMITS.test} for a test key)`,
    ),
  ];
};

function deployedConnection(text: string | undefined): z.output<typeof settingsBody> | undefined {
  try {
    return settingsBody.parse(JSON.parse(text ?? ''));
  } catch {
    // A function of another application.
    return undefined;
  }
}
