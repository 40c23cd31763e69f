/** The sample requests that fill a function's compile cache. */
import { actionOf, entryPointOf, readCatalog, sourceOf } from './manifest.mjs';

/** Returns the sample of a function: a request that is rejected, and one that leads to a request to Stripe. */
export function sampleOf(row) {
  const { file } = sourceOf(row);
  const payload = { connectorInputPayload: { Name: 'sample' } };
  const entity = row.entities?.[0] ?? 'Customer';
  const bodies = {
    './functions/entities/list.ts': { entity, filterClause: "Created > 5 AND Id != 'a'" },
    './functions/entities/get.ts': { entity, entityId: 'sample_1' },
    './functions/entities/create.ts': { entity, ...payload },
    './functions/entities/update.ts': { entity, entityId: 'sample_1', ...payload },
    './functions/entities/delete.ts': { entity, entityId: 'sample_1' },
    './functions/actions/execute-action.ts': {
      action: row.actions?.[0] ?? 'PayInvoice',
      connectorInputPayload: idsOf(row.actions?.[0] ?? 'PayInvoice'),
    },
    './functions/connection.ts': { entity: 'Customer', entityId: 'sample_1' },
    './functions/tools.ts': {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'balance_get', arguments: {} },
    },
    './functions/events/automation.ts': {
      message: { messageId: '1', attributes: { operation: 'Get', entity: 'Customer', entityId: 'sample_1' } },
    },
  };
  const actionBody = () =>
    file.startsWith('./functions/actions/') ? { connectorInputPayload: idsOf(actionOf(row)) } : {};
  if (file === './functions/single.ts') return { entryPoint: entryPointOf(row), requests: singleRequests(bodies) };
  const at = file === './functions/connection.ts' ? '/run/get-entity' : '/';
  return {
    entryPoint: entryPointOf(row),
    requests: [{}, bodies[file] ?? actionBody()].map((body) => ({ path: at, body })),
  };
}

/** Returns requests to the operations that are called most often, for the function `single`. */
function singleRequests(bodies) {
  const confirm = { connectorInputPayload: idsOf('ConfirmPaymentIntent') };
  return [
    { path: '/create-entity', body: {} },
    { path: '/create-entity', body: bodies['./functions/entities/create.ts'] },
    { path: '/get-entity', body: bodies['./functions/entities/get.ts'] },
    { path: '/list-entities', body: bodies['./functions/entities/list.ts'] },
    { path: '/confirm-payment-intent', body: confirm },
  ];
}

/** Returns the inputs with the ids that an action requires. */
function idsOf(action) {
  const { idInput, path: at } = readCatalog(`actions/${readCatalog('actions/index.json').actions[action]}`);
  const parents = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => name !== 'id');
  const named = parents.map((name) => name.replace(/(^|_)(\w)/g, (_, _dash, letter) => letter.toUpperCase()));
  // The connector rejects an action whose id has two names. Such a request fills the cache as well.
  return Object.fromEntries([...named, ...(idInput === undefined ? [] : [idInput])].map((name) => [name, 'sample_1']));
}
