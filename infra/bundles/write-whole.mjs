import { renameSync, writeFileSync } from 'node:fs';

/** Several builds may share a folder: whoever reads the file meanwhile finds it whole, the old one or the new one. */
export function writeWhole(file, contents) {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, contents);
  renameSync(beside, file);
}
