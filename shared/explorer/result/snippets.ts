import type { Call } from '../api.ts';

/** Returns the call as a curl command. */
export function curl({ functionName, body }: Call, base: string): string {
  const text = JSON.stringify(body).replaceAll("'", `'"'"'`);
  return `curl -s ${base}/${functionName} \\\n  -H 'Content-Type: application/json' \\\n  -d '${text}'`;
}

/** Returns the call with the typed client that `stripe-connector client` generates. */
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
  const options = writeSnippet({ operationId, accountId });
  const more = options === '{}' ? '' : `, ${options}`;
  const input = writeSnippet(connectorInputPayload);
  const target = entityId === undefined ? writeSnippet({ filterClause, maxAffected }) : writeSnippet(entityId);
  const calls: Readonly<Record<string, string>> = {
    'list-entities': `entity(${writeSnippet(entity)}).list(${writeSnippet(listOptions(body))})`,
    'get-entity': `entity(${writeSnippet(entity)}).get(${entityId === undefined ? '' : writeSnippet(entityId)})`,
    'create-entity': `entity(${writeSnippet(entity)}).create(${input}${more})`,
    'update-entity': `entity(${writeSnippet(entity)}).update(${target}, ${input}${more})`,
    'delete-entity': `entity(${writeSnippet(entity)}).delete(${target}${more})`,
    'execute-action': `action(${writeSnippet(action)}, ${input}${more})`,
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

function writeSnippet(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, undefined, 2);
}
