import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packOf, readPack } from '../../adapters/packed-folder.ts';

/** The files of the site at one time, by their paths with `/`. */
export interface SiteContents {
  /** Changes when a build replaces the site. */
  readonly version: string;
  readonly names: readonly string[];
  read(name: string): Promise<Buffer>;
}

/** Returns the files of a site: its folder, or the pack of it in the npm package. Undefined without either. */
export function siteContents(folder: string, known: SiteContents | undefined): SiteContents | undefined {
  const [own, packed] = [folder, packOf(folder)].map((place) => statSync(place, { throwIfNoEntry: false }));
  const found = own ?? packed;
  if (found === undefined) return undefined;
  const version = `${found.ino} ${found.mtimeMs}`;
  if (known?.version === version) return known;
  return own === undefined ? packContents(packOf(folder), version) : folderContents(folder, version);
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
