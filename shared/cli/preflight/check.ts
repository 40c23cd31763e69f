import type { ApiResult, GoogleApi } from './google-api.ts';

export interface PreflightOptions {
  /** Id of the Google Cloud project. */
  readonly project: string;
  /** Region of the functions, such as europe-west1. */
  readonly region: string;
  /** Firestore database of the connection's state. */
  readonly database: string;
  /** Location of that database. */
  readonly location: string;
  /** Maximum number of instances of one function. Each has one vCPU. */
  readonly maxNodes: number;
  /** Id of the Secret Manager secret that holds the API key. */
  readonly secret: string;
  /** The connection's `ingress`: networks from which callers reach the functions. */
  readonly ingress: string;
  /** Whether everything that stores is encrypted with a key of Cloud KMS (`kms_key`). */
  readonly kmsKey: boolean;
  /** Whether Stripe must reach `stripe-events` without a Google identity. */
  readonly publicWebhook: boolean;
}

/** One line of the report. */
export interface Check {
  readonly what: string;
  /** `unknown`: the preflight could not read it, which is not a failure. */
  readonly status: 'passed' | 'failed' | 'unknown';
  /** The reason, and the command to run. Empty if it passed. */
  readonly detail: string;
}

/** Reads a part of the project and reports on it. */
export type Checker = (api: GoogleApi, options: PreflightOptions) => Promise<readonly Check[]>;

export const passed = (what: string): Check => ({ what, status: 'passed', detail: '' });
export const failedCheck = (what: string, detail: string): Check => ({ what, status: 'failed', detail });
export const unknown = (what: string, detail: string): Check => ({ what, status: 'unknown', detail });

/** Returns the result for a request that Google did not answer with success. */
export function unread(what: string, { status, reason, message }: ApiResult, api: string, project: string): Check {
  if (reason === 'SERVICE_DISABLED') return unknown(what, enable([api], project));
  if (status === 401) return failedCheck(what, 'Google rejected the access token. Run: gcloud auth login');
  return unknown(what, `${message ?? ''} (HTTP ${status})`);
}

/** Returns the command that enables APIs. */
export function enable(apis: readonly string[], project: string): string {
  const names = apis.map((api) => `${api}.googleapis.com`).join(' ');
  return `Run: gcloud services enable ${names} --project ${project}`;
}
