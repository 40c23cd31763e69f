/** What the code cache of a function is made with. */
import { readCatalogue } from './catalogue-part.mjs';
import { actionOf, entryPointOf, sourceOf } from './manifest.mjs';

/** Bodies that make a function do what it does most: one that is refused, and one whole transaction. */
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
  return {
    entryPoint: entryPointOf(row),
    path: file === './functions/connection.ts' ? '/run/get-entity' : '/',
    bodies: [{}, bodies[file] ?? own()],
  };
}

/** The ids that an action needs. */
function idsOf(action) {
  const { idInput, path: at } = readCatalogue(`actions/${readCatalogue('actions/index.json').actions[action]}`);
  const parents = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => name !== 'id');
  const named = parents.map((name) => name.replace(/(^|_)(\w)/g, (_, _dash, letter) => letter.toUpperCase()));
  // What is named twice is refused by name, which is as good a sample.
  return Object.fromEntries([...named, ...(idInput === undefined ? [] : [idInput])].map((name) => [name, 'sample_1']));
}
