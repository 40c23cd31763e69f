import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packOf, readPack } from '../../adapters/packed-folder.ts';

/** The files of one build of the site. Their names are paths with `/`. */
export interface SiteContents {
  /** Differs after a build has replaced the site. */
  readonly version: string;
  readonly names: readonly string[];
  read(name: string): Promise<Buffer>;
}

/**
 * Returns the files of the site in `folder`, or of its pack in the npm package. Returns undefined if neither exists,
 * and `previous` if the site was not replaced since.
 */
export function siteContents(folder: string, previous: SiteContents | undefined): SiteContents | undefined {
  const [folderStats, packStats] = [folder, packOf(folder)].map((file) => statSync(file, { throwIfNoEntry: false }));
  const stats = folderStats ?? packStats;
  if (stats === undefined) return undefined;
  const version = `${stats.ino} ${stats.mtimeMs}`;
  if (previous?.version === version) return previous;
  return folderStats === undefined ? packContents(packOf(folder), version) : folderContents(folder, version);
}

function folderContents(folder: string, version: string): SiteContents {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    version,
    names: files.map(({ parentPath, name }) =>
      path.relative(folder, path.join(parentPath, name)).split(path.sep).join('/'),
    ),
    read: (name) => readFile(path.join(folder, name)),
  };
}

function packContents(pack: string, version: string): SiteContents {
  const texts = readPack(pack);
  return { version, names: [...texts.keys()], read: (name) => Promise.resolve(Buffer.from(texts.get(name) ?? '')) };
}
