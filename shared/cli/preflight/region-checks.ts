/** Checks the regions: supported services, Cloud Run's quota, and the database. */
import * as z from 'zod';
import { failedCheck, passedCheck, unknownCheck, failedRead, type Check, type Checker } from './check.ts';
import type { PlannedDeployment, PlannedFunction } from './deployment.ts';
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

/** `projects.locations.list`, which these APIs share: https://google.aip.dev/client-libraries/4231 */
export const checkRegions: Checker = async (api, { project, functions, schedulerRegions, database }) => {
  const regions = [...new Set(functions.map(({ region }) => region))];
  const required = [
    ...regions.flatMap((region) =>
      Object.entries(REGIONAL_APIS).map(
        ([service, version]) => [service, version, region, 'choose another region'] as const,
      ),
    ),
    ...schedulerRegions.map(
      (region) => ['cloudscheduler', 'v1', region, 'set scheduler_region to a region that has it'] as const,
    ),
    ...(database.location === undefined
      ? []
      : [['firestore', 'v1', database.location, 'set location to one that has it'] as const]),
  ];
  const checks: Check[] = [];
  for (const [service, version, region, toDo] of required)
    checks.push(await checkLocation(api, project, service, version, region, toDo));
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
    if (response.status !== 200) return failedRead(what, response, service, project);
    const { locations, nextPageToken } = locationsBody.parse(response.body);
    if (locations.some(({ locationId }) => locationId === location)) return passedCheck(what);
    if (nextPageToken === undefined || nextPageToken === '') return failedCheck(what, toDo);
    pageToken = nextPageToken;
  }
  return unknownCheck(what, 'the list of locations has too many pages');
}

/**
 * Checks Cloud Run's quota for each size of function. The quota is in thousandths of a vCPU, per project and region.
 * Cloud Run rejects a service whose maximum of instances exceeds it.
 * https://docs.cloud.google.com/run/docs/configuring/max-instances-limits
 * https://docs.cloud.google.com/service-usage/docs/reference/rest/v1beta1/services.consumerQuotaMetrics/get
 */
export const checkQuota: Checker = async (api, { project, functions }) => {
  const largest = largestFunctions(functions);
  if (largest.length === 0) return [];
  const response = await api.get(
    `https://serviceusage.googleapis.com/v1beta1/projects/${project}/services/run.googleapis.com/consumerQuotaMetrics/run.googleapis.com%2Fcpu_allocation`,
  );
  if (response.status !== 200)
    return largest.map((planned) => failedRead(quotaText(planned), response, 'run', project));
  const buckets = quotaBody.parse(response.body).consumerQuotaLimits.flatMap(({ quotaBuckets }) => quotaBuckets);
  return largest.map((planned) => checkQuotaOf(planned, buckets, project));
};

type QuotaBucket = z.output<typeof quotaBody>['consumerQuotaLimits'][number]['quotaBuckets'][number];

/** Returns the function with the most instances, for each region and size of instance. */
function largestFunctions(functions: readonly PlannedFunction[]): PlannedFunction[] {
  const largest = new Map<string, PlannedFunction>();
  for (const planned of functions) {
    const key = `${planned.region} ${planned.cpu}`;
    if (planned.maxInstances > (largest.get(key)?.maxInstances ?? 0)) largest.set(key, planned);
  }
  return [...largest.values()];
}

const quotaText = ({ region, name, maxInstances, cpu }: PlannedFunction): string =>
  `Cloud Run's quota in ${region} holds ${maxInstances} instances of ${cpu} vCPU for ${name}`;

function checkQuotaOf(planned: PlannedFunction, buckets: readonly QuotaBucket[], project: string): Check {
  const what = quotaText(planned);
  const bucket =
    buckets.find(({ dimensions }) => dimensions['region'] === planned.region) ??
    buckets.find(({ dimensions }) => Object.keys(dimensions).length === 0);
  if (bucket === undefined) return unknownCheck(what, 'Google returned no quota for the region');
  const instances = Math.floor(bucket.effectiveLimit / (1000 * planned.cpu));
  // -1 means no limit.
  if (bucket.effectiveLimit < 0 || instances >= planned.maxInstances) return passedCheck(what);
  return failedCheck(
    what,
    `it holds ${instances}: set max_nodes = ${instances}, or ask for more at https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
  );
}

/** https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases/get */
export const checkDatabase: Checker = async (api, deployment) => [await checkStateDatabase(api, deployment)];

async function checkStateDatabase(api: GoogleApi, { project, database: planned }: PlannedDeployment): Promise<Check> {
  const { id, location, created } = planned;
  const what = `database ${id} can be used`;
  const response = await api.get(`https://firestore.googleapis.com/v1/projects/${project}/databases/${id}`);
  if (response.status === 404)
    return created
      ? passedCheck(`${what}: Terraform creates it`)
      : failedCheck(what, 'there is none, and the plan creates none: set create_database = true');
  if (response.status !== 200) return failedRead(what, response, 'firestore', project);
  const { type, locationId } = databaseBody.parse(response.body);
  if (type !== 'FIRESTORE_NATIVE')
    return failedCheck(what, `it is in Datastore mode (${type}): name another with database = "..."`);
  if (!created) return passedCheck(what);
  const adopt = `It exists: set create_database = false, or run: terraform import 'module.project.google_firestore_database.state[0]' projects/${project}/databases/${id}`;
  return failedCheck(what, locationId === location ? adopt : `${adopt}; and set location = "${locationId}"`);
}
