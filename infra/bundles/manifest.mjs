/** What functions there are: functions/manifest.json, and what its rows stand for. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';

export const { functions } = JSON.parse(readFileSync(path.join(root, 'functions/manifest.json'), 'utf8'));
const byName = new Map(functions.map((row) => [row.name, row]));

/** The row itself, or the one that it narrows. */
export function baseFunction(row) {
  const whole = row.extends === undefined ? row : byName.get(row.extends);
  if (whole === undefined) throw new Error(`manifest: ${row.name} narrows ${row.extends}, which is no function`);
  return whole;
}

/** The source and the export that a row stands for. */
export function sourceOf(row) {
  const whole = baseFunction(row);
  return { file: `./functions/${whole.source}`, entryPoint: whole.entryPoint };
}

export function entryPointOf(row) {
  return row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** What a row serves of its function: `functions/` exports the whole, the manifest narrows it. */
export function restricted(row, whole) {
  if (row.extends !== undefined) return `${whole}.restrictTo(${JSON.stringify(row.entities ?? row.actions)})`;
  return row.actions === undefined ? whole : `${whole}.narrowedUnlessOpenTo(${JSON.stringify(row.actions)})`;
}

/** `finalize-quote` -> `FinalizeQuote` */
export function actionOf(row) {
  return row.name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
}
