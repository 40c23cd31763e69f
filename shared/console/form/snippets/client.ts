import type { FunctionCall } from '../../api/calls.ts';

/** The call as TypeScript, with the typed client that `stripe-connector client` generates. */
export function clientSnippet({ functionName, body }: FunctionCall, base: string): string {
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
  const options = literal({ operationId, accountId });
  const optionsArgument = options === '{}' ? '' : `, ${options}`;
  const input = literal(connectorInputPayload);
  const target = entityId === undefined ? literal({ filterClause, maxAffected }) : literal(entityId);
  const calls: Readonly<Record<string, string>> = {
    'list-entities': `entity(${literal(entity)}).list(${literal(listOptionsOf(body))})`,
    'get-entity': `entity(${literal(entity)}).get(${entityId === undefined ? '' : literal(entityId)})`,
    'create-entity': `entity(${literal(entity)}).create(${input}${optionsArgument})`,
    'update-entity': `entity(${literal(entity)}).update(${target}, ${input}${optionsArgument})`,
    'delete-entity': `entity(${literal(entity)}).delete(${target}${optionsArgument})`,
    'execute-action': `action(${literal(action)}, ${input}${optionsArgument})`,
  };
  return [
    `import { stripeConnector } from './stripe-connector.ts';`,
    '',
    `const stripe = stripeConnector({ address: '${base}' });`,
    `const result = await stripe.${calls[functionName] ?? ''};`,
  ].join('\n');
}

function listOptionsOf(body: FunctionCall['body']): object {
  const { filterClause, listEntitiesPageSize, listEntitiesPageToken, listEntitiesSortByColumns, fields } = body;
  const [sortBy] = (listEntitiesSortByColumns ?? []) as string[];
  return { filterClause, pageSize: listEntitiesPageSize, pageToken: listEntitiesPageToken, sortBy, fields };
}

function literal(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, undefined, 2);
}
