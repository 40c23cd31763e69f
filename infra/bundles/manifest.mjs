/** Reads functions/manifest.json and resolves its entries. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';
import { parseManifest, pascal } from './manifest-schema.mjs';

const CATALOG = path.join(root, 'shared/catalog');

export function readCatalog(file) {
  return JSON.parse(readFileSync(path.join(CATALOG, file), 'utf8'));
}

export const functions = readFunctions();
const byName = new Map(functions.map((row) => [row.name, row]));

/** Reads the entries. If the manifest has an error, the build prints the message without a stack trace and ends. */
function readFunctions() {
  try {
    return parseManifest(readFileSync(path.join(root, 'functions/manifest.json'), 'utf8'), readCatalog);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** Returns the entry that an entry restricts, or the entry itself if it restricts none. */
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

/**
 * Returns JavaScript code for the function of an entry. `unrestricted` is the code for the function that `functions/`
 * exports.
 */
export function restricted(row, unrestricted) {
  if (row.restricts !== undefined)
    return `${unrestricted}.restrictTo(${JSON.stringify(row.entities ?? row.actions)}, ${JSON.stringify(row.inputs)})`;
  if (row.actions === undefined) return unrestricted;
  return `${unrestricted}.restrictUnlessOpen(${JSON.stringify(row.actions)})`;
}

/** Returns the action of a function by its name: `finalize-quote` -> `FinalizeQuote`. */
export function actionOf(row) {
  return pascal(row.name);
}
