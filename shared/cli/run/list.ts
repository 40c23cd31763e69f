import { isObject } from '../../is-object.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { formatColumns, formatPairs, formatValue } from '../io/print.ts';
import { whereClause } from '../io/period.ts';
import { withRetries, type JsonBody } from '../io/server.ts';

const READ_ATTEMPTS = 5;
/** The columns of a table without `--fields`. A column without a value in any row is omitted. */
const TABLE_COLUMNS = [
  'Id',
  'Name',
  'Email',
  'Amount',
  'Total',
  'UnitAmount',
  'Currency',
  'Status',
  'Type',
  'Customer',
  'Description',
  'Created',
];
const MAX_TABLE_COLUMNS = 6;

/** Returns the request fields that `list`, `get` and `export` share. */
export function readFields(context: CommandContext): JsonBody {
  const [fields, accountId] = [context.text('fields'), context.text('account')];
  return {
    fields,
    accountId,
  };
}

/** `list ENTITY` */
export async function listRows(context: CommandContext): Promise<CommandResult> {
  const [entity = ''] = context.args;
  const where = whereClause(context, Date.now());
  const [sort, limit, page] = ['sort', 'limit', 'page'].map((name) => context.text(name));
  const body = await readWithRetries(context, 'list-entities', {
    entity,
    ...readFields(context),
    filterClause: where,
    listEntitiesSortByColumns: sort,
    listEntitiesPageSize: limit,
    listEntitiesPageToken: page,
  });
  const rows = listedRows(body);
  const next = body['listEntitiesNextPageToken'];
  const more = typeof next === 'string' ? `\n\nmore rows: --page ${next}` : '';
  return { value: body, text: rows.length === 0 ? 'no rows' : rowTable(rows, context.text('fields')) + more };
}

/** `get ENTITY ID` */
export async function getRow(context: CommandContext): Promise<CommandResult> {
  const [entity = '', id] = context.args;
  const body = await readWithRetries(context, 'get-entity', { entity, entityId: id, ...readFields(context) });
  const row = body['connectorOutputPayload'];
  return { value: row, text: isObject(row) ? formatPairs(row) : JSON.stringify(row) };
}

function readWithRetries(
  { server, progress, signal }: CommandContext,
  name: string,
  request: JsonBody,
): Promise<JsonBody> {
  const connector = server();
  return withRetries(
    READ_ATTEMPTS,
    () => connector.call(name, request),
    (message) => progress.note(message),
    signal,
  );
}

/** Returns the rows of a List. */
export function listedRows(body: JsonBody): readonly JsonBody[] {
  const { connectorOutputPayload: rows } = body;
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

function rowTable(rows: readonly JsonBody[], fields: string | undefined): string {
  const hasValue = (name: string): boolean => rows.some((row) => row[name] !== null && row[name] !== undefined);
  const names =
    fields === undefined ? TABLE_COLUMNS.filter(hasValue).slice(0, MAX_TABLE_COLUMNS) : Object.keys(rows[0] ?? {});
  return formatColumns([names, ...rows.map((row) => names.map((name) => formatValue(name, row[name])))]);
}
