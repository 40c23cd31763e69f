import { readFileSync } from 'node:fs';
import { fileText } from './file-text.ts';
import { lazy } from '../memoize.ts';
import { readDeployment, type Deployment } from './environment.ts';

/** Reads the deployment from the environment and the file that it names. */
export function deploymentOf(environment: Readonly<Record<string, string | undefined>>): Deployment {
  return readDeployment(environment, (file) => fileText(readFileSync(file)));
}

/** The deployment of this process, read once. Throws SETTINGS_INVALID on every call until it is valid. */
export const deployment = lazy(() => deploymentOf(process.env));
