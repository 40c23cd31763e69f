import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { functionZip } from '../../../infra/bundles/function-zip.mjs';
import { folderTexts } from '../../adapters/packed-folder.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';

/** Function name -> file name -> SHA-256 of the contents, which are stored under this hash once for all functions. */
type FunctionFiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** `package`: the zips of `npm run package`, from the files that were built. */
// oxlint-disable-next-line typescript/require-await -- an error must reject
export async function writePackages(context: CommandContext): Promise<CommandResult> {
  const out = context.text('out') ?? path.join('build', 'packages');
  const pool = folderTexts(path.join(context.folder, 'functions'));
  const functions = JSON.parse(pool.read('index.json')) as FunctionFiles;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const packages = Object.entries(functions).map(([name, files]) => {
    context.progress.show(name);
    const read = Object.entries(files).map(([file, sha256]) => [file, Buffer.from(pool.read(sha256))] as const);
    const zip = functionZip(Object.fromEntries(read));
    writeFileSync(path.join(out, `${name}.zip`), zip);
    return { name, bytes: zip.length, sha256: createHash('sha256').update(zip).digest('hex') };
  });
  const lines = packages.map(
    ({ name, bytes, sha256 }) => `${sha256.slice(0, 12)} ${`${(bytes / 1024).toFixed(0)} KiB`.padStart(9)}  ${name}`,
  );
  return { value: { folder: out, packages }, text: [...lines, `in ${out}`].join('\n') };
}
