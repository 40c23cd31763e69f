import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lazy } from '../memoize.ts';

/** The text files of a read-only folder, by their paths in the folder. */
export interface FolderTexts {
  has(file: string): boolean;
  /** Throws if the folder does not have the file. */
  read(file: string): string;
}

/** Returns the path of the file that contains the texts of a folder: `catalog.json` for `catalog`. The build writes it. */
export function packOf(folder: string): string {
  return `${folder}.json`;
}

/** Reads a pack: the texts of a folder by path. */
export function readPack(file: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>));
}

/** Reads the files of a folder, or of its pack if there is one. The pack is read once. */
export function folderTexts(folder: string): FolderTexts {
  const pack = lazy(() => (existsSync(packOf(folder)) ? readPack(packOf(folder)) : undefined));
  return {
    has: (file) => pack()?.has(file) ?? existsSync(path.join(folder, file)),
    read: (file) => pack()?.get(file) ?? readFileSync(path.join(folder, file), 'utf8'),
  };
}
