import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { isObject } from '../../../is-object.ts';
import { CommandFailure } from '../../io/exit.ts';
import type { ExportFormat } from './format.ts';

/** What identifies an export. A checkpoint of another export is not continued. */
export interface ExportQuery {
  readonly url: string;
  readonly entity: string;
  readonly where: string;
  readonly account: string;
  readonly format: ExportFormat;
  readonly isoTimes: boolean;
  readonly raw: boolean;
  readonly columns: readonly string[];
}

/** The progress of an export: the file is complete up to `bytes`, and `pageToken` is the token of the next page. */
export interface Checkpoint {
  readonly query: ExportQuery;
  readonly bytes: number;
  readonly rows: number;
  readonly pageToken: string | null;
}

/** Path of the checkpoint of a file. */
export function checkpointPath(file: string): string {
  return `${file}.checkpoint`;
}

/**
 * Returns the checkpoint of a file, or undefined if the file has no checkpoint. Throws CommandFailure if the checkpoint
 * file has other content.
 */
export function readCheckpoint(file: string): Checkpoint | undefined {
  let text: string;
  try {
    text = readFileSync(checkpointPath(file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && typeof value['bytes'] === 'number' && isObject(value['query']))
      return value as unknown as Checkpoint;
  } catch {
    // Reported below.
  }
  throw new CommandFailure(`${checkpointPath(file)} is not a checkpoint; delete it, or use --overwrite`);
}

/**
 * Replaces the checkpoint in one step: a process that is killed leaves the old or the new checkpoint complete. The
 * caller must write the rows to the disk first.
 */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const next = `${checkpointPath(file)}.next`;
  const descriptor = openSync(next, 'w', 0o600);
  try {
    writeSync(descriptor, JSON.stringify(checkpoint));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, checkpointPath(file));
}

export function deleteCheckpoint(file: string): void {
  rmSync(checkpointPath(file), { force: true });
}

/** Returns the names of the members that differ. Empty if the checkpoint is of this query. */
export function changedFields(before: ExportQuery, query: ExportQuery): string[] {
  const names = Object.keys(query) as (keyof ExportQuery)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(query[name]));
}
