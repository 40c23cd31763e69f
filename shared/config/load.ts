import { readFileSync } from 'node:fs';
import { fileText } from './file-text.ts';
import { lazy } from '../memoize.ts';
import { readDeployment, type Deployment } from './environment.ts';

/** Reads the deployment from environment variables, and from the file that `CONNECTION_SETTINGS_FILE` names. */
export function deploymentOf(environment: Readonly<Record<string, string | undefined>>): Deployment {
  return readDeployment(environment, (file) => fileText(readFileSync(file)));
}

/**
 * The deployment of this process. The first valid one is kept. While the settings are invalid, each call reads them
 * again and throws SETTINGS_INVALID.
 */
export const deployment = lazy(() => deploymentOf(process.env));
