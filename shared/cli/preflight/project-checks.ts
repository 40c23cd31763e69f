/** Checks the project: existence, billing, APIs, and the roles of the user who deploys. */
import * as z from 'zod';
import {
  enableCommand,
  failedCheck,
  passedCheck,
  unknownCheck,
  failedRead,
  type Check,
  type Checker,
} from './check.ts';
import type { RequiredRole } from './deployment.ts';
import type { GoogleApi } from './google-api.ts';
import { BOOTSTRAP_APIS } from './requirements.ts';

const RESOURCE_MANAGER = 'https://cloudresourcemanager.googleapis.com/v3';

const projectBody = z.object({ state: z.string(), name: z.string() });
const billingBody = z.object({ billingEnabled: z.boolean().default(false) });
const servicesBody = z.object({
  services: z.array(z.object({ name: z.string(), state: z.string().default('') })).default([]),
});
const permissionsBody = z.object({ permissions: z.array(z.string()).default([]) });

/** https://docs.cloud.google.com/resource-manager/reference/rest/v3/projects/get */
export const checkProject: Checker = async (api, { project }) => {
  const what = `project ${project} is active`;
  const response = await api.get(`${RESOURCE_MANAGER}/projects/${project}`);
  const parsed = projectBody.safeParse(response.body);
  if (response.status === 403 && response.reason !== 'SERVICE_DISABLED' && response.reason !== undefined)
    return [failedCheck(what, `${response.message ?? ''}. Run: gcloud projects describe ${project}`)];
  if (!parsed.success) return [failedRead(what, response, 'cloudresourcemanager', project)];
  return [parsed.data.state === 'ACTIVE' ? passedCheck(what) : failedCheck(what, `its state is ${parsed.data.state}`)];
};

/** https://docs.cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo */
export const checkBilling: Checker = async (api, { project }) => {
  const what = 'billing is enabled';
  const response = await api.get(`https://cloudbilling.googleapis.com/v1/projects/${project}/billingInfo`);
  if (response.status !== 200) return [failedRead(what, response, 'cloudbilling', project)];
  const { billingEnabled } = billingBody.parse(response.body);
  const link = `Run: gcloud billing projects link ${project} --billing-account ACCOUNT`;
  return [billingEnabled ? passedCheck(what) : failedCheck(what, link)];
};

/**
 * Checks that the APIs which Terraform itself needs are enabled. Also checks that Google lists the other APIs for the
 * project, so that Terraform can enable them.
 * https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/batchGet
 */
export const checkApis: Checker = async (api, { project, apis }) => {
  const what = 'APIs that Terraform needs are enabled';
  const requiredApis = [...new Set([...BOOTSTRAP_APIS, ...apis])];
  const names = requiredApis.map((name) => `names=projects/${project}/services/${name}.googleapis.com`).join('&');
  const response = await api.get(
    `https://serviceusage.googleapis.com/v1/projects/${project}/services:batchGet?${names}`,
  );
  if (response.reason === 'SERVICE_DISABLED') return [failedCheck(what, enableCommand(BOOTSTRAP_APIS, project))];
  if (response.status !== 200) return [failedRead(what, response, 'serviceusage', project)];
  const states = new Map(
    servicesBody
      .parse(response.body)
      .services.map(({ name, state }) => [name.split('/').at(-1)?.replace('.googleapis.com', '') ?? '', state]),
  );
  const missing = BOOTSTRAP_APIS.filter((name) => states.get(name) !== 'ENABLED');
  const notYetEnabled = requiredApis.filter((name) => !BOOTSTRAP_APIS.includes(name) && states.get(name) !== 'ENABLED');
  const unavailable = notYetEnabled.filter((name) => !states.has(name));
  const others =
    notYetEnabled.length === 0 ? 'the other APIs are enabled' : `Terraform can enable ${notYetEnabled.join(', ')}`;
  return [
    missing.length === 0 ? passedCheck(what) : failedCheck(what, enableCommand(missing, project)),
    unavailable.length === 0
      ? passedCheck(others)
      : failedCheck(others, `Google does not list ${unavailable.join(', ')} for this project: ask your administrator`),
  ];
};

/** https://docs.cloud.google.com/resource-manager/reference/rest/v3/projects/testIamPermissions */
export const checkRoles: Checker = async (api, { project, roles, unknownTypes }) => {
  const checks: Check[] = [];
  for (const resource of new Set(roles.map((required) => required.resource)))
    checks.push(
      ...(await checkRolesOn(
        api,
        project,
        resource,
        roles.filter((required) => required.resource === resource),
      )),
    );
  if (unknownTypes.length > 0)
    checks.push(unknownCheck('your roles', `the preflight knows no roles for ${unknownTypes.join(', ')}`));
  return checks;
};

interface GrantTarget {
  /** API and address of `testIamPermissions`. */
  readonly api: string;
  readonly url: string;
  readonly command: string;
}

/** Returns where the permissions on a resource are read, and the command that grants a role on it. */
function grantTargetOf(resource: string): GrantTarget {
  const key = /^projects\/([^/]+)\/locations\/([^/]+)\/keyRings\/([^/]+)\/cryptoKeys\/([^/]+)$/.exec(resource);
  if (key !== null) {
    const [, project = '', location = '', ring = '', name = ''] = key;
    return {
      api: 'cloudkms',
      url: `https://cloudkms.googleapis.com/v1/${resource}`,
      command: `kms keys add-iam-policy-binding ${name} --keyring ${ring} --location ${location} --project ${project}`,
    };
  }
  const id = resource.split('/').at(-1) ?? '';
  if (resource.startsWith('billingAccounts/'))
    return {
      api: 'cloudbilling',
      url: `https://cloudbilling.googleapis.com/v1/${resource}`,
      command: `billing accounts add-iam-policy-binding ${id}`,
    };
  const manager = { api: 'cloudresourcemanager', url: `${RESOURCE_MANAGER}/${resource}` };
  return resource.startsWith('tagValues/')
    ? { ...manager, command: `resource-manager tags values add-iam-policy-binding ${resource}` }
    : { ...manager, command: `projects add-iam-policy-binding ${id}` };
}

async function checkRolesOn(
  api: GoogleApi,
  project: string,
  resource: string,
  required: readonly RequiredRole[],
): Promise<Check[]> {
  const { api: name, url, command } = grantTargetOf(resource);
  const response = await api.post(`${url}:testIamPermissions`, {
    permissions: required.map(({ permission }) => permission),
  });
  const where = resource === `projects/${project}` ? '' : ` on ${resource}`;
  if (response.status !== 200) return [failedRead(`your roles${where}`, response, name, project)];
  const { permissions } = permissionsBody.parse(response.body);
  return required.map(({ role, permission }): Check => {
    const what = `you may ${permission}${where}`;
    if (permissions.includes(permission)) return passedCheck(what);
    return failedCheck(what, `Run: gcloud ${command} --member user:YOU --role ${role}`);
  });
}
