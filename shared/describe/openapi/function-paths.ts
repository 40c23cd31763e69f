/** Paths of the functions themselves: locally by their names on one server, deployed each at an address of its own. */
import type { Operation } from '../../catalog/shapes.ts';
import { pascal } from '../../catalog/names.ts';
import type { Discovery } from '../discovery.ts';
import { answers, json, KEY_PARAMETER, under, type Schema } from './schemas.ts';

/** A row of the manifest, as far as a document needs it. */
export interface FunctionRow {
  readonly name: string;
  readonly source?: string;
  readonly of?: string;
  readonly entities?: readonly string[];
  readonly actions?: readonly string[];
}

const COMMON: Readonly<Record<string, Schema>> = {
  operationId: { type: 'string', description: 'the same as the header Idempotency-Key' },
  accountId: { type: 'string', description: 'a Connect account that the connection allows' },
  outputFormat: { enum: ['connector', 'native'] },
  dryRun: { type: 'boolean' },
};
const NAMES: Schema = { type: 'array', items: { type: 'string' } };
const CLAUSE: Readonly<Record<string, Schema>> = {
  entityId: { type: 'string' },
  filterClause: { type: 'string', maxLength: 10_000 },
  maxAffected: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
  explain: { type: 'boolean' },
};
const BY_OPERATION: Readonly<Record<Operation, Readonly<Record<string, Schema>>>> = {
  List: {
    filterClause: { type: 'string', maxLength: 10_000 },
    listEntitiesPageSize: { type: 'integer', minimum: 1, maximum: 200, default: 25 },
    listEntitiesPageToken: { type: 'string' },
    listEntitiesSortByColumns: { type: 'array', items: { type: 'string' }, maxItems: 1 },
    consistency: { enum: ['strong', 'eventual'] },
    explain: { type: 'boolean' },
    fields: NAMES,
    expand: NAMES,
  },
  Get: { entityId: { type: 'string' }, fields: NAMES, expand: NAMES },
  Create: {},
  Update: CLAUSE,
  Delete: CLAUSE,
};

/** Every function that callers post to; `servers`: where it stands. */
export function functionPaths(
  rows: readonly FunctionRow[],
  discovery: Discovery,
  servers: (name: string) => readonly object[],
): Record<string, unknown> {
  const sources = new Map(rows.map((row) => [row.name, row.source]));
  const paths = rows.flatMap((row): [string, unknown][] => {
    const body = bodyOf(row, sources.get(row.of ?? row.name) ?? '', discovery);
    if (body === undefined) return [];
    const operation = {
      operationId: row.name,
      summary: `the function ${row.name}`,
      tags: ['functions'],
      parameters: [KEY_PARAMETER],
      requestBody: { required: true, content: json(body) },
      responses: answers(under('connectorOutputPayload', {}, false), 'what came of it; with dryRun the requests'),
    };
    return [[`/${row.name}`, { servers: servers(row.name), post: operation }]];
  });
  return Object.fromEntries(paths);
}

/** Undefined of what topics, schedules and Stripe call, and of the connection itself. */
function bodyOf(row: FunctionRow, source: string, discovery: Discovery): Schema | undefined {
  if (source.startsWith('entities/')) {
    const operation = pascal(source.slice('entities/'.length, -'.ts'.length)) as Operation;
    const names = row.entities ?? discovery.entityNames();
    const [only, ...more] = names;
    const payload = only === undefined || more.length > 0 ? undefined : discovery.entity(only).payloads[operation];
    return body(
      {
        entity: { enum: names },
        ...BY_OPERATION[operation],
        ...(operation === 'List' ? {} : { connectorInputPayload: payload ?? { type: 'object' } }),
      },
      [
        ...(names.length === 1 ? [] : ['entity']),
        ...(['Create', 'Update'].includes(operation) ? ['connectorInputPayload'] : []),
      ],
    );
  }
  if (source === 'actions/execute-action.ts') {
    const names = (row.actions ?? []).length === 0 ? discovery.actionNames() : (row.actions ?? []);
    return body({ action: { enum: names }, connectorInputPayload: { type: 'object' }, fields: NAMES, expand: NAMES }, [
      'action',
    ]);
  }
  if (!source.startsWith('actions/')) return undefined;
  const action = discovery.action(pascal(row.name.replaceAll('-', '_')));
  return body({ connectorInputPayload: action.input, fields: NAMES, expand: NAMES }, ['connectorInputPayload']);
}

function body(properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return {
    type: 'object',
    properties: { ...properties, ...COMMON },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
