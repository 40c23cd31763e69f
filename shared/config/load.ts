import { readFileSync } from 'node:fs';
import { fileText } from './file-text.ts';
import { lazy } from '../memoize.ts';
import { readDeployment, type Deployment } from './environment.ts';

/** What an environment says, and the file that it names. */
export function deploymentOf(environment: Readonly<Record<string, string | undefined>>): Deployment {
  return readDeployment(environment, (file) => fileText(readFileSync(file)));
}

/** What this process was deployed with, read once; throws what is wrong with it, every time until it is right. */
export const deployment = lazy(() => deploymentOf(process.env));
