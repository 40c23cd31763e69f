/** The sample requests that fill a function's compile cache. */
import { actionOf, entryPointOf, readCatalog, sourceOf } from './manifest.mjs';

/** Requests for the typical paths of a function: one that is rejected, and one complete request to Stripe. */
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
  const own = () => (file.startsWith('./functions/actions/') ? { connectorInputPayload: idsOf(actionOf(row)) } : {});
  if (file === './functions/single.ts') return { entryPoint: entryPointOf(row), requests: singleRequests(bodies) };
  const at = file === './functions/connection.ts' ? '/run/get-entity' : '/';
  return { entryPoint: entryPointOf(row), requests: [{}, bodies[file] ?? own()].map((body) => ({ path: at, body })) };
}

/** Requests to the operations that a connection has most of. */
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

/** The ids that an action requires. */
function idsOf(action) {
  const { idInput, path: at } = readCatalog(`actions/${readCatalog('actions/index.json').actions[action]}`);
  const parents = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => name !== 'id');
  const named = parents.map((name) => name.replace(/(^|_)(\w)/g, (_, _dash, letter) => letter.toUpperCase()));
  // A duplicate input is rejected with its name, which is just as good a sample.
  return Object.fromEntries([...named, ...(idInput === undefined ? [] : [idInput])].map((name) => [name, 'sample_1']));
}
