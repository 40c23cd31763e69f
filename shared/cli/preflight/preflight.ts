/** `npm run connection -- preflight`: checks a project before the first `terraform apply`. Changes nothing. */
import { execFileSync } from 'node:child_process';
import { DEFAULT_DATABASE } from '../../config/environment-variables.ts';
import { option } from '../command.ts';
import type { Check, Checker, PreflightOptions } from './check.ts';
import { googleApi, type Fetch } from './google-api.ts';
import { checkCeilings } from './ceiling-checks.ts';
import { checkPolicies } from './policy-checks.ts';
import { checkApis, checkBilling, checkProject, checkRoles } from './project-checks.ts';
import { checkDatabase, checkQuota, checkRegion, checkSecret } from './region-checks.ts';

const CHECKERS: readonly Checker[] = [
  checkProject,
  checkBilling,
  checkApis,
  checkRoles,
  checkPolicies,
  checkRegion,
  checkQuota,
  checkDatabase,
  checkSecret,
  checkCeilings,
];

/** Runs all checks in order. Stops after the project check if Google cannot show the project. */
export async function preflight(fetch: Fetch, token: string, options: PreflightOptions): Promise<readonly Check[]> {
  const api = googleApi(fetch, token, options.project);
  const checks: Check[] = [];
  for (const checker of CHECKERS) {
    checks.push(...(await checker(api, options)));
    if (checker === checkProject && checks.some(({ status }) => status === 'failed')) break;
  }
  return checks;
}

/** Returns the command's options, with the defaults of infra/examples/minimal. Undefined without a project. */
export function preflightOptions(args: readonly string[]): PreflightOptions | undefined {
  const project = option(args, 'project');
  const maxNodes = Number(option(args, 'max-nodes') ?? 50);
  if (project === undefined || !Number.isInteger(maxNodes)) return undefined;
  const region = option(args, 'region') ?? 'europe-west1';
  return {
    project,
    region,
    location: option(args, 'location') ?? region,
    database: option(args, 'database') ?? DEFAULT_DATABASE,
    secret: option(args, 'secret') ?? 'stripe-api-key',
    maxNodes,
    publicWebhook: args.includes('--public-webhook'),
  };
}

/**
 * Returns the access token from the Terraform provider's variable, or from the user who is logged in with gcloud.
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference#access_token-1
 */
export function accessToken(environment: Readonly<Record<string, string | undefined>>): string {
  return (
    environment['GOOGLE_OAUTH_ACCESS_TOKEN'] ??
    execFileSync('gcloud', ['auth', 'print-access-token'], { encoding: 'utf8' }).trim()
  );
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
