import type { Call } from './api.ts';

/** Returns the call as a curl command. */
export function curl({ functionName, body }: Call, base: string): string {
  const text = JSON.stringify(body).replaceAll("'", `'"'"'`);
  return `curl -s ${base}/${functionName} \\\n  -H 'Content-Type: application/json' \\\n  -d '${text}'`;
}

/** Returns the call with the typed client that `npm run client` generates. */
export function typed({ functionName, body }: Call, base: string): string {
  const head = `import { stripeConnector } from './stripe-connector.ts';\n\nconst stripe = stripeConnector({ address: '${base}' });\n`;
  const {
    entity,
    action,
    entityId,
    filterClause,
    maxAffected,
    connectorInputPayload = {},
    operationId,
    accountId,
  } = body;
  const options = written({ operationId, accountId });
  const more = options === '{}' ? '' : `, ${options}`;
  const input = written(connectorInputPayload);
  const target = entityId === undefined ? written({ filterClause, maxAffected }) : written(entityId);
  const calls: Readonly<Record<string, string>> = {
    'list-entities': `entity(${written(entity)}).list(${written(listOptions(body))})`,
    'get-entity': `entity(${written(entity)}).get(${entityId === undefined ? '' : written(entityId)})`,
    'create-entity': `entity(${written(entity)}).create(${input}${more})`,
    'update-entity': `entity(${written(entity)}).update(${target}, ${input}${more})`,
    'delete-entity': `entity(${written(entity)}).delete(${target}${more})`,
    'execute-action': `action(${written(action)}, ${input}${more})`,
  };
  return `${head}const answer = await stripe.${calls[functionName] ?? ''};`;
}

function listOptions(body: Call['body']): object {
  const { filterClause, listEntitiesPageSize, listEntitiesPageToken, listEntitiesSortByColumns, consistency, fields } =
    body;
  const [sortBy] = (listEntitiesSortByColumns ?? []) as string[];
  return {
    filterClause,
    pageSize: listEntitiesPageSize,
    pageToken: listEntitiesPageToken,
    sortBy,
    consistency,
    fields,
  };
}

function written(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, undefined, 2);
}
