import { existsSync, readFileSync } from 'node:fs';
import { Descriptions, type PackedDescriptions } from '../catalog/descriptions.ts';
import { lazy } from '../memoize.ts';

/** Reads the packed descriptions on first use. Returns undefined if the build did not copy the file. */
export function descriptionFile(file: string): () => Descriptions | undefined {
  return lazy(() =>
    existsSync(file) ? new Descriptions(JSON.parse(readFileSync(file, 'utf8')) as PackedDescriptions) : undefined,
  );
}
