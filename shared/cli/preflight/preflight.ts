/** `stripe-connector preflight`: checks a project before the first `terraform apply`. Changes nothing. */
import { execFileSync } from 'node:child_process';
import { CommandFailure } from '../io/exit.ts';
import type { Check, Checker } from './check.ts';
import type { PlannedDeployment } from './deployment.ts';
import { googleApi, type Fetch } from './google-api.ts';
import { checkCeilings } from './ceiling-checks.ts';
import { checkPolicies } from './policy-checks.ts';
import { checkApis, checkBilling, checkProject, checkRoles } from './project-checks.ts';
import { checkDatabase, checkQuota, checkRegions } from './region-checks.ts';
import { checkSecrets } from './secret-checks.ts';

const CHECKERS: readonly Checker[] = [
  checkProject,
  checkBilling,
  checkApis,
  checkRoles,
  checkPolicies,
  checkRegions,
  checkQuota,
  checkDatabase,
  checkSecrets,
  checkCeilings,
];

/**
 * Runs all checks in order. Stops after the check of the project if that check failed. `onCheck` receives each finished
 * check.
 */
export async function preflight(
  fetch: Fetch,
  token: string,
  deployment: PlannedDeployment,
  onCheck: (check: Check) => void = () => undefined,
): Promise<readonly Check[]> {
  const api = googleApi(fetch, token, deployment.project);
  const checks: Check[] = [];
  for (const checker of CHECKERS) {
    const found = await checker(api, deployment);
    found.forEach(onCheck);
    checks.push(...found);
    if (checker === checkProject && checks.some(({ status }) => status === 'failed')) break;
  }
  return checks;
}

/**
 * Returns the access token from the Terraform provider's variable, or from the user who is logged in with gcloud.
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference#access_token-1
 */
export function accessToken(environment: Readonly<Record<string, string | undefined>>): string {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: configuredToken } = environment;
  if (configuredToken !== undefined) return configuredToken;
  try {
    const printed = execFileSync('gcloud', ['auth', 'print-access-token'], { encoding: 'utf8', stdio: 'pipe' });
    return printed.trim();
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CommandFailure(
      isMissing
        ? 'gcloud is not installed: https://cloud.google.com/sdk/docs/install, or set GOOGLE_OAUTH_ACCESS_TOKEN'
        : 'gcloud is not logged in; run gcloud auth login, or set GOOGLE_OAUTH_ACCESS_TOKEN',
    );
  }
}

/** Returns one line per check. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .map(({ status, what, detail }) => {
      const label = status === 'failed' ? 'FAILED' : status;
      return `${label.padEnd(7)}  ${what}${detail === '' ? '' : `: ${detail}`}`;
    })
    .join('\n');
}
