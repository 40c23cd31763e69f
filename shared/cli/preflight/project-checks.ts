/** Checks the project: existence, billing, APIs, and the roles of the user who deploys. */
import * as z from 'zod';
import { enable, failedCheck, passed, unread, type Check, type Checker } from './check.ts';
import { APIS, BOOTSTRAP_APIS, ROLES } from './requirements.ts';

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
  if (!parsed.success) return [unread(what, response, 'cloudresourcemanager', project)];
  return [parsed.data.state === 'ACTIVE' ? passed(what) : failedCheck(what, `its state is ${parsed.data.state}`)];
};

/** https://docs.cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo */
export const checkBilling: Checker = async (api, { project }) => {
  const what = 'billing is enabled';
  const response = await api.get(`https://cloudbilling.googleapis.com/v1/projects/${project}/billingInfo`);
  if (response.status !== 200) return [unread(what, response, 'cloudbilling', project)];
  const { billingEnabled } = billingBody.parse(response.body);
  const link = `Run: gcloud billing projects link ${project} --billing-account ACCOUNT`;
  return [billingEnabled ? passed(what) : failedCheck(what, link)];
};

/**
 * The APIs that must be enabled before Terraform runs. Terraform enables the others.
 * https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/batchGet
 */
export const checkApis: Checker = async (api, { project }) => {
  const what = 'APIs that Terraform needs are enabled';
  const names = APIS.map((name) => `names=projects/${project}/services/${name}.googleapis.com`).join('&');
  const response = await api.get(
    `https://serviceusage.googleapis.com/v1/projects/${project}/services:batchGet?${names}`,
  );
  if (response.reason === 'SERVICE_DISABLED') return [failedCheck(what, enable(BOOTSTRAP_APIS, project))];
  if (response.status !== 200) return [unread(what, response, 'serviceusage', project)];
  const enabled = servicesBody
    .parse(response.body)
    .services.filter(({ state }) => state === 'ENABLED')
    .map(({ name }) => name.split('/').at(-1)?.replace('.googleapis.com', '') ?? '');
  const missing = BOOTSTRAP_APIS.filter((name) => !enabled.includes(name));
  return [missing.length === 0 ? passed(what) : failedCheck(what, enable(missing, project))];
};

/** https://docs.cloud.google.com/resource-manager/reference/rest/v3/projects/testIamPermissions */
export const checkRoles: Checker = async (api, { project }) => {
  const response = await api.post(`${RESOURCE_MANAGER}/projects/${project}:testIamPermissions`, {
    permissions: Object.values(ROLES),
  });
  if (response.status !== 200) return [unread('your roles', response, 'cloudresourcemanager', project)];
  const { permissions } = permissionsBody.parse(response.body);
  return Object.entries(ROLES).map(([role, permission]): Check => {
    const what = `you may ${permission}`;
    const grant = `Run: gcloud projects add-iam-policy-binding ${project} --member user:YOU --role ${role}`;
    return permissions.includes(permission) ? passed(what) : failedCheck(what, grant);
  });
};
