/** Checks the secrets that the connections name, and where Secret Manager stores them. */
import * as z from 'zod';
import { failedCheck, passedCheck, failedRead, type Check, type Checker } from './check.ts';
import type { PlannedLocation } from './deployment.ts';
import type { GoogleApi } from './google-api.ts';

const versionBody = z.object({ state: z.string() });
const secretBody = z.object({
  replication: z.object({
    userManaged: z.object({ replicas: z.array(z.object({ location: z.string() })) }).optional(),
  }),
});
const SECRET_MANAGER = 'https://secretmanager.googleapis.com/v1';

const idOf = (secret: string): string => secret.split('/').at(-1) ?? '';
const projectOf = (secret: string): string => secret.split('/')[1] ?? '';

/** https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/get */
export const checkSecrets: Checker = async (api, { project, secrets }) => {
  const checks: Check[] = [];
  for (const secret of secrets) checks.push(await checkSecret(api, project, secret));
  return checks;
};

async function checkSecret(api: GoogleApi, project: string, secret: string): Promise<Check> {
  const id = idOf(secret);
  const what = `secret ${id} has an enabled version`;
  const create = `Run: read -rs KEY && printf %s "$KEY" | gcloud secrets create ${id} --data-file=- --project ${projectOf(secret)}`;
  const response = await api.get(`${SECRET_MANAGER}/${secret}/versions/latest`);
  if (response.status === 404) return failedCheck(what, create);
  if (response.status !== 200) return failedRead(what, response, 'secretmanager', project);
  const { state } = versionBody.parse(response.body);
  return state === 'ENABLED' ? passedCheck(what) : failedCheck(what, `its latest version is ${state}: add a new one`);
}

/**
 * Returns the locations of the secrets. A secret with automatic replication, or one that does not exist yet, is in
 * `global`, which a policy on locations must allow. A secret that Google does not let the user read is left out.
 * https://docs.cloud.google.com/secret-manager/docs/choosing-replication
 */
export async function secretLocations(api: GoogleApi, secrets: readonly string[]): Promise<PlannedLocation[]> {
  const locations: PlannedLocation[] = [];
  for (const secret of secrets) {
    const { status, body } = await api.get(`${SECRET_MANAGER}/${secret}`);
    const parsed = secretBody.safeParse(body);
    const replicas = parsed.success ? parsed.data.replication.userManaged?.replicas : undefined;
    if (replicas !== undefined)
      locations.push(...replicas.map(({ location }) => ({ location, resource: `secret ${idOf(secret)}` })));
    else if (status === 200 || status === 404)
      locations.push({ location: 'global', resource: `secret ${idOf(secret)} with automatic replication` });
  }
  return locations;
}
