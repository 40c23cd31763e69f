/** Checks the organization policies that can block a deployment. */
import * as z from 'zod';
import { failedCheck, passedCheck, unknownCheck, failedRead, type Check, type Checker } from './check.ts';
import type { PlannedDeployment } from './deployment.ts';
import { secretLocations } from './secret-checks.ts';

/** https://docs.cloud.google.com/resource-manager/reference/rest/v1/Policy */
const policyBody = z.object({
  listPolicy: z
    .object({
      allValues: z.string().optional(),
      allowedValues: z.array(z.string()).default([]),
      deniedValues: z.array(z.string()).default([]),
    })
    .optional(),
  booleanPolicy: z.object({ enforced: z.boolean().default(false) }).optional(),
});
type Policy = z.output<typeof policyBody>;

/** A value that a list policy must allow. */
interface PolicyValue {
  readonly value: string;
  /** The resource that needs the value, if the value itself does not say it. */
  readonly resource?: string;
}

interface Constraint {
  /** Whether the constraint applies to this deployment. */
  readonly applies: (deployment: PlannedDeployment) => boolean;
  readonly what: string;
  /** Values that a list policy must allow. Empty for a boolean policy, which must not be enforced. */
  readonly values: (deployment: PlannedDeployment) => readonly PolicyValue[];
  readonly toDo: string;
}

const policyValues = (values: readonly string[]): PolicyValue[] => values.map((value) => ({ value }));
const apiValues = (apis: readonly string[]): PolicyValue[] =>
  policyValues(apis.map((name) => `${name}.googleapis.com`));

/**
 * Value of the module's `ingress` -> value that the ingress policy must allow.
 * https://docs.cloud.google.com/run/docs/securing/ingress
 */
const INGRESS: Readonly<Record<string, string>> = {
  ALLOW_ALL: 'all',
  ALLOW_INTERNAL_ONLY: 'internal',
  ALLOW_INTERNAL_AND_GCLB: 'internal-and-cloud-load-balancing',
};

/** https://docs.cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  'constraints/gcp.resourceLocations': {
    applies: () => true,
    what: 'policy lets resources be in their locations',
    values: ({ locations }) => locations.map(({ location, resource }) => ({ value: location, resource })),
    toDo: 'choose locations that the policy allows (region, location, scheduler_region; a secret: gcloud secrets create SECRET --replication-policy user-managed --locations REGION), or ask your administrator for an exception',
  },
  'constraints/gcp.restrictServiceUsage': {
    applies: () => true,
    what: 'policy lets the APIs be used',
    values: ({ apis }) => apiValues(apis),
    toDo: 'ask your administrator to allow these APIs in the project',
  },
  'constraints/iam.disableServiceAccountCreation': {
    applies: () => true,
    what: 'policy lets service accounts be created',
    values: () => [],
    toDo: 'ask your administrator for an exception; the connection needs its own service accounts',
  },
  'constraints/run.allowedIngress': {
    applies: () => true,
    what: 'policy lets functions be reached',
    // Pub/Sub and Cloud Scheduler call from inside the project.
    values: ({ ingress }) =>
      policyValues([...new Set([...ingress.map((network) => INGRESS[network] ?? 'all'), 'internal'])]),
    toDo: 'set ingress = "ALLOW_INTERNAL_ONLY" or "ALLOW_INTERNAL_AND_GCLB", as the policy allows, and run this with --ingress',
  },
  'constraints/cloudfunctions.restrictAllowedGenerations': {
    applies: () => true,
    what: 'policy lets functions be of the second generation',
    values: () => policyValues(['2ndGen']),
    toDo: 'ask your administrator to allow 2ndGen',
  },
  'constraints/gcp.restrictNonCmekServices': {
    applies: ({ storesWithoutKey }) => storesWithoutKey.length > 0,
    what: "policy lets Google's keys encrypt the state, packages, images and messages",
    values: ({ storesWithoutKey }) => apiValues(storesWithoutKey),
    toDo: 'set kms_key in project and connection, and run this with --kms-key',
  },
  'constraints/iam.allowedPolicyMemberDomains': {
    applies: ({ publicWebhook }) => publicWebhook,
    what: 'policy lets everyone be an invoker of the webhook',
    values: () => policyValues(['allUsers']),
    toDo: 'set webhook_tag if the policy allows a tag; else set public_webhook = false, and put a load balancer in front of stripe-events',
  },
};

/** https://docs.cloud.google.com/resource-manager/reference/rest/v1/projects/getEffectiveOrgPolicy */
export const checkPolicies: Checker = async (api, planned) => {
  const checks: Check[] = [];
  const locations = [...planned.locations, ...(await secretLocations(api, planned.secrets))];
  const deployment = { ...planned, locations };
  for (const [constraint, definition] of Object.entries(CONSTRAINTS)) {
    if (!definition.applies(deployment)) continue;
    const response = await api.post(
      `https://cloudresourcemanager.googleapis.com/v1/projects/${deployment.project}:getEffectiveOrgPolicy`,
      { constraint },
    );
    checks.push(
      response.status === 200
        ? checkPolicy(constraint, definition, policyBody.parse(response.body), deployment)
        : failedRead(definition.what, response, 'cloudresourcemanager', deployment.project),
    );
  }
  return checks;
};

function checkPolicy(constraint: string, definition: Constraint, policy: Policy, deployment: PlannedDeployment): Check {
  const { what, toDo } = definition;
  if (policy.booleanPolicy?.enforced === true) return failedCheck(what, `${constraint} is enforced: ${toDo}`);
  const { listPolicy } = policy;
  if (listPolicy === undefined || listPolicy.allValues === 'ALLOW') return passedCheck(what);
  const { allValues, allowedValues, deniedValues } = listPolicy;
  const rejected = definition
    .values(deployment)
    .filter(
      ({ value }) =>
        allValues === 'DENY' ||
        deniedValues.some((denied) => matchesConstraint(denied, value)) ||
        (allowedValues.length > 0 && !allowedValues.some((allowed) => matchesConstraint(allowed, value))),
    );
  if (rejected.length === 0) return passedCheck(what);
  const texts = rejected
    .map(({ value, resource }) => (resource === undefined ? value : `${value} (${resource})`))
    .join(', ');
  // Google does not expand groups, such as in:eu-locations, in an effective policy.
  const groups = [...allowedValues, ...deniedValues].filter((value) => value.startsWith('in:'));
  if (allValues !== 'DENY' && groups.length > 0)
    return unknownCheck(what, `${constraint} has ${groups.join(', ')}; check whether it contains ${texts}`);
  return failedCheck(what, `${constraint} rejects ${texts}: ${toDo}`);
}

/** `is:europe-west1`, `europe-west1` and `in:europe-west1-locations` all contain the region. */
function matchesConstraint(pattern: string, value: string): boolean {
  return pattern.replace(/^is:/, '') === value || pattern === `in:${value}-locations`;
}
