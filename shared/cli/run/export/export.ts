import { closeSync, existsSync, fsyncSync, ftruncateSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isObject } from '../../../is-object.ts';
import { REQUEST_LIMITS } from '../../../operations/request/limits.ts';
import type { CommandContext, CommandResult } from '../../commands/definition.ts';
import { CommandFailure, UsageError } from '../../io/exit.ts';
import { withRetries, type ConnectorServer, type JsonBody } from '../../io/server.ts';
import { readFields, listedRows } from '../list.ts';
import { rejectRelativeTime, whereClause } from '../../io/period.ts';
import {
  changedFields,
  checkpointPath,
  deleteCheckpoint,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type ExportQuery,
} from './checkpoint.ts';
import { lockExport, type ExportLock } from './export-lock.ts';
import { rowFormat, type ExportFormat } from './format.ts';

const ROWS_PER_REQUEST = REQUEST_LIMITS.pageSize.max;
/** The pauses between 60 attempts add up to about half an hour, so an export survives the restart of a server. */
const EXPORT_ATTEMPTS = 60;

/**
 * `export ENTITY --out FILE`: writes every row. After each page the rows are on the disk before the checkpoint counts
 * them. A restarted export deletes the rows that the checkpoint does not count. One page is in memory at a time.
 */
export async function exportRows(context: CommandContext): Promise<CommandResult> {
  const [entity = ''] = context.args;
  const file = context.text('out');
  if (file === undefined) throw new UsageError('--out FILE is required');
  if (!existsSync(path.dirname(file))) throw new UsageError(`--out: there is no folder ${path.dirname(file)}`);
  rejectRelativeTime(context);
  const server = context.server();
  const format = exportFormatOf(context.text('format'), file);
  const columns = format === 'csv' ? await csvColumns(context, server, entity) : [];
  const query: ExportQuery = {
    url: server.url,
    entity,
    where: whereClause(context, Date.now()) ?? '',
    account: context.text('account') ?? '',
    format,
    isoTimes: format === 'csv' && context.flag('isoTimes'),
    raw: format === 'csv' && context.flag('raw'),
    columns: format === 'csv' ? columns : (context.text('fields')?.split(',') ?? []),
  };
  const lock = lockExport(file);
  try {
    const start = startingCheckpoint(context, file, query);
    const { rows, bytes } = await writePages(context, server, { file, lock }, start);
    deleteCheckpoint(file);
    return { value: { file, rows, bytes }, text: `${file}: ${rows} rows, ${bytes} bytes` };
  } finally {
    lock.release();
  }
}

/** The file that is written, and the lock that keeps other exports away. */
interface ExportTarget {
  readonly file: string;
  readonly lock: ExportLock;
}

/** Writes the remaining pages, and a checkpoint after each of them. Returns the last checkpoint. */
async function writePages(
  context: CommandContext,
  server: ConnectorServer,
  { file, lock }: ExportTarget,
  start: Checkpoint,
): Promise<Checkpoint> {
  const { progress, signal } = context;
  const { query } = start;
  const rowWriter = rowFormat(query);
  const isNew = start.bytes === 0 && !existsSync(file);
  const descriptor = openSync(file, isNew ? 'w' : 'r+');
  const startedMs = performance.now();
  let checkpoint = start;
  try {
    if (fstatSync(descriptor).size < checkpoint.bytes)
      throw new CommandFailure(`${file} is shorter than its checkpoint says; use --overwrite to start again`);
    for (let isFirst = checkpoint.bytes === 0; isFirst || checkpoint.pageToken !== null; isFirst = false) {
      const request = exportRequest(context, query, checkpoint.pageToken);
      const body = await fetchExportPage(context, server, request);
      const page = listedRows(body);
      const text = Buffer.from((isFirst ? rowWriter.head : '') + page.map((row) => rowWriter.row(row)).join(''));
      if (!lock.isHeld()) throw new CommandFailure(`another export took ${file} over; this one wrote no more`);
      replaceTail(descriptor, text, checkpoint.bytes);
      const next = body['listEntitiesNextPageToken'];
      checkpoint = {
        query,
        bytes: checkpoint.bytes + text.length,
        rows: checkpoint.rows + page.length,
        pageToken: typeof next === 'string' ? next : null,
      };
      writeCheckpoint(file, checkpoint);
      const perSecond = ((checkpoint.rows - start.rows) * 1000) / (performance.now() - startedMs);
      progress.show(`${checkpoint.rows} rows, ${perSecond.toFixed(0)} rows/s`);
    }
  } catch (error) {
    if (isNew && checkpoint.bytes === 0 && lock.isHeld()) removeUnwritten(file);
    if (!signal.aborted) throw error;
    throw new CommandFailure(`interrupted after ${checkpoint.rows} rows; run the same command again to continue`);
  } finally {
    closeSync(descriptor);
  }
  return checkpoint;
}

function fetchExportPage(
  { progress, signal }: CommandContext,
  server: ConnectorServer,
  request: JsonBody,
): Promise<JsonBody> {
  return withRetries(
    EXPORT_ATTEMPTS,
    () => server.call('list-entities', request),
    (message) => progress.show(`${message}; waiting`),
    signal,
  );
}

/** Replaces everything in the file from a position on, and waits until the data is on the disk. */
function replaceTail(descriptor: number, data: Uint8Array, position: number): void {
  ftruncateSync(descriptor, position);
  writeWhole(descriptor, data, position);
  fsyncSync(descriptor);
}

/**
 * Deletes the files of an export that failed before its first page was written, so that the user can change the
 * arguments.
 */
function removeUnwritten(file: string): void {
  rmSync(file);
  deleteCheckpoint(file);
}

/** Writes all bytes. One call of `writeSync` may write only some of them. */
function writeWhole(descriptor: number, data: Uint8Array, position: number): void {
  for (let done = 0; done < data.length;)
    done += writeSync(descriptor, data, done, data.length - done, position + done);
}

function exportRequest(context: CommandContext, { entity, where }: ExportQuery, pageToken: string | null): JsonBody {
  return {
    entity,
    ...readFields(context),
    filterClause: where === '' ? undefined : where,
    listEntitiesPageToken: pageToken === null ? undefined : pageToken,
    listEntitiesPageSize: ROWS_PER_REQUEST,
    priority: 'bulk',
  };
}

/** Returns where to start: at a checkpoint of the same query, or at the beginning. */
function startingCheckpoint(context: CommandContext, file: string, query: ExportQuery): Checkpoint {
  const beginning = { query, bytes: 0, rows: 0, pageToken: null };
  if (context.flag('overwrite')) {
    deleteCheckpoint(file);
    return beginning;
  }
  const checkpoint = readCheckpoint(file);
  if (checkpoint === undefined) {
    if (existsSync(file)) throw new CommandFailure(`${file} already exists; choose a new file, or use --overwrite`);
    // If the process is killed before the first page, this checkpoint shows that the file belongs to an export.
    writeCheckpoint(file, beginning);
    return beginning;
  }
  if (checkpoint.bytes === 0) return beginning;
  const changed = changedFields(checkpoint.query, query);
  if (changed.length > 0)
    throw new CommandFailure(
      `${checkpointPath(file)} is of another export (${changed.join(', ')}); repeat its command, or use --overwrite`,
    );
  context.progress.note(`continuing after ${checkpoint.rows} rows`);
  return checkpoint;
}

const FORMAT_OF_ENDING: Readonly<Record<string, ExportFormat>> = {
  '': 'ndjson',
  '.csv': 'csv',
  '.json': 'ndjson',
  '.jsonl': 'ndjson',
  '.ndjson': 'ndjson',
};

function exportFormatOf(text: string | undefined, file: string): ExportFormat {
  const ending = path.extname(file).toLowerCase();
  if (text === undefined && !Object.hasOwn(FORMAT_OF_ENDING, ending))
    throw new UsageError(`${file}: name it .ndjson or .csv, or add --format`);
  const format = text ?? FORMAT_OF_ENDING[ending];
  if (format === 'csv' || format === 'ndjson') return format;
  throw new UsageError(`--format must be ndjson or csv: ${String(format)}`);
}

/** Returns the columns of a CSV file: those of `--fields`, or all that the entity has. */
async function csvColumns(context: CommandContext, server: ConnectorServer, entity: string): Promise<string[]> {
  const fields = context.text('fields');
  if (fields !== undefined) return fields.split(',').map((name) => name.trim());
  const { columns } = await server.get(`/entities/${encodeURIComponent(entity)}`);
  return Array.isArray(columns) ? columns.filter(isObject).map(({ name }) => String(name)) : [];
}
