/** Reads functions/manifest.json and resolves its entries. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';

export const { functions } = JSON.parse(readFileSync(path.join(root, 'functions/manifest.json'), 'utf8'));
const byName = new Map(functions.map((row) => [row.name, row]));

/** Returns the entry itself, or the one that it extends. */
export function baseFunction(row) {
  const whole = row.extends === undefined ? row : byName.get(row.extends);
  if (whole === undefined) throw new Error(`manifest: ${row.name} extends ${row.extends}, which is not a function`);
  return whole;
}

/** Returns the source file and the export of an entry. */
export function sourceOf(row) {
  const whole = baseFunction(row);
  return { file: `./functions/${whole.source}`, entryPoint: whole.entryPoint };
}

export function entryPointOf(row) {
  return row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** Returns what an entry exposes: `functions/` exports the unrestricted function, the manifest restricts it. */
export function restricted(row, whole) {
  if (row.extends !== undefined) return `${whole}.restrictTo(${JSON.stringify(row.entities ?? row.actions)})`;
  return row.actions === undefined ? whole : `${whole}.narrowedUnlessOpenTo(${JSON.stringify(row.actions)})`;
}

/** `finalize-quote` -> `FinalizeQuote` */
export function actionOf(row) {
  return row.name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
}
