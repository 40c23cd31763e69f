/** Reads functions/manifest.json and resolves its entries. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';
import { parseManifest } from './manifest-schema.mjs';

const CATALOG = path.join(root, 'shared/catalog');

export function readCatalog(file) {
  return JSON.parse(readFileSync(path.join(CATALOG, file), 'utf8'));
}

export const functions = readFunctions();
const byName = new Map(functions.map((row) => [row.name, row]));

/** Reads the entries. The build ends if the manifest has an error, which is the author's and needs no stack trace. */
function readFunctions() {
  try {
    return parseManifest(readFileSync(path.join(root, 'functions/manifest.json'), 'utf8'), readCatalog);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** Returns the entry itself, or the one that it restricts. */
export function baseFunction(row) {
  return row.restricts === undefined ? row : byName.get(row.restricts);
}

/** Returns the source file and the export of an entry. */
export function sourceOf(row) {
  const base = baseFunction(row);
  return { file: `./functions/${base.source}`, entryPoint: base.entryPoint };
}

export function entryPointOf(row) {
  return row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** Returns what an entry exposes: `functions/` exports the unrestricted function, the manifest restricts it. */
export function restricted(row, whole) {
  if (row.restricts !== undefined)
    return `${whole}.restrictTo(${JSON.stringify(row.entities ?? row.actions)}, ${JSON.stringify(row.inputs)})`;
  return row.actions === undefined ? whole : `${whole}.restrictUnlessOpen(${JSON.stringify(row.actions)})`;
}

/** `finalize-quote` -> `FinalizeQuote` */
export function actionOf(row) {
  return row.name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
}
