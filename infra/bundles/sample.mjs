/** The sample requests that fill a function's compile cache. */
import { pascal } from './manifest-schema.mjs';

const ID = 'sample_1';

/** Samples of the strings that describe an uploaded file, by their type in the catalog. */
const TEXTS = { base64: Buffer.from('sample').toString('base64'), fileName: 'sample.txt', mediaType: 'text/plain' };

/**
 * Returns the sample requests of a function: one with an empty body, which most functions reject, and one that most
 * functions accept and send to Stripe. `source` is the file in `functions/` of the entry, or of the entry that it
 * restricts. `readCatalog` reads a file of the catalog by its path.
 */
export function sampleRequests(row, source, readCatalog) {
  if (source === 'single.ts') return singleRequests(readCatalog);
  const path = source === 'connection.ts' ? '/run/get-entity' : '/';
  return [{}, sampleBody(row, source, readCatalog)].map((body) => ({ path, body }));
}

/** Returns the sample requests of the function `single`: a rejected one, and requests to common operations. */
function singleRequests(readCatalog) {
  const requestOf = (name, source) => ({ path: `/${name}`, body: sampleBody({ name }, source, readCatalog) });
  return [
    { path: '/create-entity', body: {} },
    requestOf('create-entity', 'entities/create.ts'),
    requestOf('get-entity', 'entities/get.ts'),
    requestOf('list-entities', 'entities/list.ts'),
    requestOf('confirm-payment-intent', 'actions/confirm-payment-intent.ts'),
  ];
}

/** Returns a body that the function accepts, or an empty body if there is no sample for the function. */
function sampleBody(row, source, readCatalog) {
  const [folder, file = ''] = source.replace(/\.ts$/, '').split('/');
  if (folder === 'entities') return entityBody(row, pascal(file), readCatalog);
  if (file === 'execute-action') {
    const [action = 'PayInvoice'] = row.actions ?? [];
    return { action, connectorInputPayload: actionInput(row, action, readCatalog) };
  }
  if (folder === 'actions') return { connectorInputPayload: actionInput(row, pascal(file), readCatalog) };
  return OTHER_BODIES[source] ?? {};
}

/** Bodies for functions that are neither an operation of entities nor an action. */
const OTHER_BODIES = {
  'connection.ts': { entity: 'Customer', entityId: ID },
  'tools.ts': { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'balance_get', arguments: {} } },
  'events/automation.ts': {
    message: { messageId: '1', attributes: { operation: 'Get', entity: 'Customer', entityId: ID } },
  },
};

function entityBody({ entities: [entity] = ['Customer'], inputs }, operation, readCatalog) {
  const { file } = readCatalog('entities/index.json').entities[entity];
  const { operations, fields } = readCatalog(`entities/${file}`);
  const route = permittedRoute(operations[operation], inputs);
  if (operation === 'List') return { entity, filterClause: sampleClause(route, fields) };
  const input = sampleInput(route.params, inputs, operation === 'Create' || operation === 'Update');
  const parents = Object.fromEntries(parentsOf(route.path).map((parent) => [pascal(parent), idOf(parent)]));
  const hasId = route.path.includes('{id}');
  const parentsInInput = Object.keys(parents).every((name) => isPermitted(name, inputs));
  const entityId = [...(parentsInInput ? [] : Object.values(parents)), ID].join('/');
  const body = { entity, connectorInputPayload: parentsInInput ? { ...parents, ...input } : input };
  return hasId ? { ...body, entityId } : body;
}

/** Returns the first route of an operation that fits the inputs of the function, or the first route if none fits. */
function permittedRoute(definition, inputs) {
  const routes = [definition, ...(definition.also ?? [])];
  return routes.find((route) => fits(route, inputs)) ?? definition;
}

/** Returns whether a route has every input that the function requires, and requires none that the function rejects. */
function fits({ path, params }, inputs) {
  const names = [...parentsOf(path), ...Object.keys(params)].map(pascal);
  const requiredInputs = Object.keys(inputs ?? {}).filter((name) => inputs[name].required);
  return (
    requiredInputs.every((name) => names.includes(name)) &&
    requiredOf(params).every((key) => isPermitted(pascal(key), inputs))
  );
}

/**
 * Returns a clause with the conditions that Stripe requires, a condition that Stripe evaluates if rows have `Created`,
 * and a condition that the connector evaluates.
 */
function sampleClause({ path, params }, fields) {
  const equal = (name, value) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`;
  const required = requiredOf(params).flatMap((key) => equalities(pascal(key), params[key].type));
  return [
    ...parentsOf(path).map((parent) => equal(pascal(parent), idOf(parent))),
    ...required.map(([name, value]) => equal(name, value)),
    ...(fields.created?.type === 'integer' ? ['Created > 5'] : []),
    "Id != 'a'",
  ].join(' AND ');
}

/**
 * Returns the columns of a required filter, each with a value. An object has a column for each of its required fields.
 */
function equalities(name, type) {
  if (type.object === undefined) return [[name, sampleValue(type)]];
  return requiredOf(type.object).flatMap((key) => equalities(name + pascal(key), type.object[key].type));
}

function actionInput({ inputs }, action, readCatalog) {
  const { idInput, path, fields, params } = readCatalog(`actions/${readCatalog('actions/index.json').actions[action]}`);
  const names = [
    ...parentsOf(path).map((parent) => `${pascal(parent)}Id`),
    ...(idInput === undefined ? [] : [idInput]),
  ];
  return {
    ...Object.fromEntries(names.map((name) => [name, ID])),
    ...sampleInput(fields ?? params, inputs, false),
  };
}

/**
 * Returns the inputs that Stripe or the function requires. If there are none and `isWrite` is true, returns the first
 * optional text, so that the input is not empty.
 */
function sampleInput(params, inputs, isWrite) {
  const permitted = Object.keys(params).filter((key) => isPermitted(pascal(key), inputs));
  const required = permitted.filter((key) => params[key].required || inputs?.[pascal(key)]?.required);
  const text = isWrite && required.length === 0 ? permitted.filter((key) => params[key].type === 'string') : [];
  return Object.fromEntries(
    [...required, ...text.slice(0, 1)].map((key) => [
      pascal(key),
      sampleValue(params[key].type, inputs?.[pascal(key)]?.maximum),
    ]),
  );
}

/** Returns a value that the connector accepts for a type of the catalog. */
function sampleValue(type, maximum = 1) {
  if (typeof type === 'string')
    return { string: ID, integer: Math.min(1, maximum), number: 1, decimal: '1', boolean: true, json: {} }[type];
  if (type.enum !== undefined) return type.enum[0];
  if (type.text !== undefined) return TEXTS[type.text];
  if (type.array !== undefined) return [sampleValue(type.array)];
  if (type.map !== undefined) return { sample: sampleValue(type.map) };
  if (type.anyOf !== undefined) return sampleValue(type.anyOf[0]);
  return sampleObject(type.object);
}

/**
 * Returns an object with its required fields, or with its first field if none is required, because Stripe's form
 * encoding cannot represent an empty object.
 */
function sampleObject(fields) {
  const required = requiredOf(fields);
  const keys = required.length > 0 ? required : Object.keys(fields).slice(0, 1);
  return Object.fromEntries(keys.map((key) => [key, sampleValue(fields[key].type)]));
}

function requiredOf(fields) {
  return Object.keys(fields).filter((key) => fields[key].required);
}

/** Returns whether the function accepts an input. Without `inputs` it accepts all. */
function isPermitted(name, inputs) {
  return inputs === undefined || Object.hasOwn(inputs, name);
}

/** Returns the names of the parents in a path: `/v1/customers/{customer}/sources` -> `customer`. */
function parentsOf(path) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => name !== 'id');
}

/** Returns a sample id of a parent. Only ids of accounts need their prefix. */
function idOf(parent) {
  return parent === 'account' ? 'acct_sample' : ID;
}
