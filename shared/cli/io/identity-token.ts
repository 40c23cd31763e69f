import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommandEnvironment } from '../commands/row.ts';
import { CommandFailure } from './exit.ts';

const ID_TOKEN_VARIABLE = 'STRIPE_CONNECTOR_ID_TOKEN';
const runFile = promisify(execFile);

let known: Promise<string> | undefined;

/**
 * Returns an ID token for a deployed function: of the variable, or of gcloud. gcloud makes one for an audience with a
 * service account only (CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT); a user's token has no audience, which Cloud Run
 * accepts and the admin methods do not. https://cloud.google.com/sdk/gcloud/reference/auth/print-identity-token
 */
export function identityToken(environment: CommandEnvironment, audience: string): Promise<string> {
  const given = environment[ID_TOKEN_VARIABLE];
  if (given !== undefined) return Promise.resolve(given);
  known ??= printed([`--audiences=${audience}`])
    .catch(() => printed([]))
    .catch(() => {
      throw new CommandFailure(`no identity for ${audience}: run gcloud auth login, or set ${ID_TOKEN_VARIABLE}`);
    });
  return known;
}

async function printed(options: readonly string[]): Promise<string> {
  const { stdout } = await runFile('gcloud', ['auth', 'print-identity-token', ...options]);
  return stdout.trim();
}
