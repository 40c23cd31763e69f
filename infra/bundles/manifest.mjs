/** Reads functions/manifest.json and resolves its entries. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';

export const { functions } = JSON.parse(readFileSync(path.join(root, 'functions/manifest.json'), 'utf8'));
const byName = new Map(functions.map((row) => [row.name, row]));

/** Returns the entry itself, or the one that it restricts. */
export function baseFunction(row) {
  const base = row.restricts === undefined ? row : byName.get(row.restricts);
  if (base === undefined)
    throw new Error(`manifest.json: ${row.name} restricts ${row.restricts}, which is no entry; use the name of one`);
  return base;
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
