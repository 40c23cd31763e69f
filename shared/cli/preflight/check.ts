import type { ApiResult, GoogleApi } from './google-api.ts';
import type { PlannedDeployment } from './deployment.ts';

/** One line of the report. */
export interface Check {
  readonly what: string;
  /** `unknown`: the preflight could not check it, which is not a failure. */
  readonly status: 'passed' | 'failed' | 'unknown';
  /** The reason, and the command to run. Empty if the check passed. */
  readonly detail: string;
}

/** Reads a part of the project and reports on it. */
export type Checker = (api: GoogleApi, deployment: PlannedDeployment) => Promise<readonly Check[]>;

export const passedCheck = (what: string): Check => ({ what, status: 'passed', detail: '' });
export const failedCheck = (what: string, detail: string): Check => ({ what, status: 'failed', detail });
export const unknownCheck = (what: string, detail: string): Check => ({ what, status: 'unknown', detail });

/**
 * Returns the check for a request that did not succeed. The check is `failed` if Google rejected the access token, else
 * `unknown`.
 */
export function failedRead(what: string, { status, reason, message }: ApiResult, api: string, project: string): Check {
  if (reason === 'SERVICE_DISABLED') return unknownCheck(what, enableCommand([api], project));
  if (status === 401) return failedCheck(what, 'Google rejected the access token. Run: gcloud auth login');
  return unknownCheck(what, `${message ?? ''} (HTTP ${status})`);
}

/** Returns the command that enables APIs. */
export function enableCommand(apis: readonly string[], project: string): string {
  const names = apis.map((api) => `${api}.googleapis.com`).join(' ');
  return `Run: gcloud services enable ${names} --project ${project}`;
}
