import { existsSync, readFileSync } from 'node:fs';
import { Descriptions, type PackedDescriptions } from '../catalog/descriptions.ts';
import { lazy } from '../memoize.ts';

/**
 * Returns a function that reads the packed descriptions on its first call. It returns undefined if the build did not
 * copy the file.
 */
export function descriptionFile(file: string): () => Descriptions | undefined {
  return lazy(() =>
    existsSync(file) ? new Descriptions(JSON.parse(readFileSync(file, 'utf8')) as PackedDescriptions) : undefined,
  );
}
