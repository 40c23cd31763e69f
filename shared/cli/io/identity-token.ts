import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommandEnvironment } from '../commands/definition.ts';
import { CommandFailure } from './exit.ts';

const ID_TOKEN_VARIABLE = 'STRIPE_CONNECTOR_ID_TOKEN';
const runFile = promisify(execFile);

let cachedToken: Promise<string> | undefined;

/**
 * Returns an ID token for a deployed function: from `ID_TOKEN_VARIABLE`, or else from gcloud. gcloud can set the
 * audience only for a service account, logged in or impersonated (CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT). The token
 * of a user is not for this audience: Cloud Run accepts it, and the admin methods do not.
 * https://cloud.google.com/sdk/gcloud/reference/auth/print-identity-token
 */
export function identityToken(environment: CommandEnvironment, audience: string): Promise<string> {
  const token = environment[ID_TOKEN_VARIABLE];
  if (token !== undefined) return Promise.resolve(token);
  cachedToken ??= printToken([`--audiences=${audience}`])
    .catch(() => printToken([]))
    .catch(() => {
      throw new CommandFailure(`no identity for ${audience}: run gcloud auth login, or set ${ID_TOKEN_VARIABLE}`);
    });
  return cachedToken;
}

async function printToken(options: readonly string[]): Promise<string> {
  const { stdout } = await runFile('gcloud', ['auth', 'print-identity-token', ...options]);
  return stdout.trim();
}
