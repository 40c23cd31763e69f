/** Checks the region: supported services, quota, the database, and the secret with the API key. */
import * as z from 'zod';
import { failedCheck, passed, unknown, unread, type Check, type Checker, type PreflightOptions } from './check.ts';
import type { GoogleApi } from './google-api.ts';
import { REGIONAL_APIS } from './requirements.ts';

const MAX_LOCATION_PAGES = 10;
const locationsBody = z.object({
  locations: z.array(z.object({ locationId: z.string() })).default([]),
  nextPageToken: z.string().optional(),
});
const quotaBody = z.object({
  consumerQuotaLimits: z
    .array(
      z.object({
        quotaBuckets: z
          .array(
            z.object({
              effectiveLimit: z.coerce.number(),
              dimensions: z.record(z.string(), z.string()).default({}),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});
const databaseBody = z.object({ type: z.string(), locationId: z.string() });
const versionBody = z.object({ state: z.string() });

/** `projects.locations.list`, which these APIs share: https://google.aip.dev/client-libraries/4231 */
export const checkRegion: Checker = async (api, { project, region, location }) => {
  const checks: Check[] = [];
  for (const [service, version] of Object.entries(REGIONAL_APIS)) {
    const toDo =
      service === 'cloudscheduler' ? 'set scheduler_region to a region that has it' : 'choose another region';
    checks.push(await checkLocation(api, project, service, version, region, toDo));
  }
  checks.push(await checkLocation(api, project, 'firestore', 'v1', location, 'set location to one that has it'));
  return checks;
};

async function checkLocation(
  api: GoogleApi,
  project: string,
  service: string,
  version: string,
  location: string,
  toDo: string,
): Promise<Check> {
  const what = `${service} is in ${location}`;
  const url = `https://${service}.googleapis.com/${version}/projects/${project}/locations`;
  let pageToken: string | undefined;
  for (let page = 0; page < MAX_LOCATION_PAGES; page += 1) {
    const response = await api.get(pageToken === undefined ? url : `${url}?pageToken=${encodeURIComponent(pageToken)}`);
    if (response.status !== 200) return unread(what, response, service, project);
    const { locations, nextPageToken } = locationsBody.parse(response.body);
    if (locations.some(({ locationId }) => locationId === location)) return passed(what);
    if (nextPageToken === undefined || nextPageToken === '') return failedCheck(what, toDo);
    pageToken = nextPageToken;
  }
  return unknown(what, 'the list of locations has too many pages');
}

/**
 * Checks Cloud Run's quota. It is in thousandths of a vCPU, per project and region; every instance has one vCPU.
 * https://docs.cloud.google.com/run/docs/configuring/max-instances-limits
 * https://docs.cloud.google.com/service-usage/docs/reference/rest/v1beta1/services.consumerQuotaMetrics/get
 */
export const checkQuota: Checker = async (api, { project, region, maxNodes }) => {
  const what = `Cloud Run's quota in ${region} holds ${maxNodes} instances`;
  const response = await api.get(
    `https://serviceusage.googleapis.com/v1beta1/projects/${project}/services/run.googleapis.com/consumerQuotaMetrics/run.googleapis.com%2Fcpu_allocation`,
  );
  if (response.status !== 200) return [unread(what, response, 'run', project)];
  const buckets = quotaBody.parse(response.body).consumerQuotaLimits.flatMap(({ quotaBuckets }) => quotaBuckets);
  const bucket =
    buckets.find(({ dimensions }) => dimensions['region'] === region) ??
    buckets.find(({ dimensions }) => Object.keys(dimensions).length === 0);
  if (bucket === undefined) return [unknown(what, 'Google returned no quota for the region')];
  const instances = Math.floor(bucket.effectiveLimit / 1000);
  // -1 means no limit.
  if (bucket.effectiveLimit < 0 || instances >= maxNodes) return [passed(what)];
  return [
    failedCheck(
      what,
      `it holds ${instances}: set max_nodes = ${instances}, or ask for more at https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
    ),
  ];
};

/** https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases/get */
export const checkDatabase: Checker = async (api, options) => [await database(api, options)];

async function database(api: GoogleApi, { project, database: id, location }: PreflightOptions): Promise<Check> {
  const what = `database ${id} can be used`;
  const response = await api.get(`https://firestore.googleapis.com/v1/projects/${project}/databases/${id}`);
  if (response.status === 404) return passed(`${what}: Terraform creates it`);
  if (response.status !== 200) return unread(what, response, 'firestore', project);
  const { type, locationId } = databaseBody.parse(response.body);
  if (type !== 'FIRESTORE_NATIVE')
    return failedCheck(what, `it is in Datastore mode (${type}): name another with database = "..."`);
  const adopt = `It exists: set create_database = false, or run: terraform import 'module.project.google_firestore_database.state[0]' projects/${project}/databases/${id}`;
  return failedCheck(what, locationId === location ? adopt : `${adopt}; and set location = "${locationId}"`);
}

/** https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/get */
export const checkSecret: Checker = async (api, { project, secret }) => {
  const what = `secret ${secret} has an enabled version`;
  const create = `Run: read -rs KEY && printf %s "$KEY" | gcloud secrets create ${secret} --data-file=- --project ${project}`;
  const response = await api.get(
    `https://secretmanager.googleapis.com/v1/projects/${project}/secrets/${secret}/versions/latest`,
  );
  if (response.status === 404) return [failedCheck(what, create)];
  if (response.status !== 200) return [unread(what, response, 'secretmanager', project)];
  const { state } = versionBody.parse(response.body);
  return [state === 'ENABLED' ? passed(what) : failedCheck(what, `its latest version is ${state}: add a new one`)];
};
