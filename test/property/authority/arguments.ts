/** Arguments that try to be another operation: valid ones, with names and values that mean something elsewhere. */
import fc from 'fast-check';
import { pascal } from '../../../shared/catalog/names.ts';
import { parentsOf, routesOf } from '../../../shared/catalog/routes.ts';
import { OPERATIONS } from '../../../shared/catalog/types.ts';
import { actionFields, actionIds } from '../../../shared/operations/request/action-request.ts';
import { bodyFieldNames } from '../../../shared/http/body/request-bodies.ts';
import { least } from '../../functions/least-inputs.ts';
import { CALLS, catalog } from './routes.ts';

export type Input = Record<string, unknown>;

const idOf = (parent: string): string => (parent === 'account' ? 'acct_1' : 'one_1');

/** What a call needs: the id, and the payload. */
export function leastOf(call: string): { readonly id?: string; readonly payload: Input } {
  const action = catalog.action(call);
  if (action !== undefined) {
    const ids = actionIds(action).map(({ input }) => [input, 'one_1']);
    return { payload: { ...least(actionFields(action)), ...(Object.fromEntries(ids) as Input) } };
  }
  const operation = OPERATIONS.find((one) => call.endsWith(`.${one}`)) ?? 'Get';
  const row = catalog.entity(call.slice(0, call.lastIndexOf('.'))).operations[operation];
  const [route] = row === undefined ? [] : routesOf(row);
  if (route === undefined) throw new Error(`${call} has no route`);
  const parents = Object.fromEntries(parentsOf(route.path).map((name) => [pascal(name), idOf(name)])) as Input;
  const fields = operation === 'List' ? {} : operation === 'Update' ? first(route.params) : least(route.params);
  return { ...(route.path.includes('{id}') ? { id: 'one_1' } : {}), payload: { ...fields, ...parents } };
}

/** An Update needs one field. */
function first(params: Parameters<typeof least>[0]): Input {
  const [name, field] =
    Object.entries(params).find(([, one]) => one.type === 'string') ?? Object.entries(params)[0] ?? [];
  return name === undefined || field === undefined ? {} : least({ [name]: { ...field, required: true } });
}

const NAMES = [
  ...bodyFieldNames(),
  ...['id', 'input', 'pageSize', 'pageToken', 'sortBy', 'fields', 'function', 'operation', 'names', 'subject', 'call'],
  ...[
    'Entity',
    'ENTITY',
    'entity_id',
    'EntityId',
    'Action',
    'connector_input_payload',
    'operation_id',
    'dry_run',
    'Id',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', ' entity', 'entity ', 'énthity'],
];
const IDS = [
  'one_1',
  'search',
  'create_preview',
  'preview',
  '..',
  '.',
  '',
  'a/b',
  'cus_1/ba_1',
  '%2e%2e',
  'acct_9',
  'x?y=1',
];
const CLAUSES = ["Id = 'one_1'", "Id = 'search'", "Email = 'a@example.com'", "Customer = '..'", 'Created > 0', ''];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...catalog.names(), ...catalog.actionNames()) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...IDS) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...CLAUSES) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...OPERATIONS, 'create-entity', 'execute-action', 'pay-invoice') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(true, false, 'true', null, 0, 1, -1, [], {}, '{}', ['Customer']) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      { PaymentIntentId: 'pi_1' },
      { Amount: 1, Currency: 'usd' },
      { entity: 'Balance', action: 'PayInvoice' },
      '{"PaymentIntentId":"pi_1"}',
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

type Entry = readonly [name: string, value: unknown, within: boolean];

/** Names and values that mean something elsewhere, at the top or within one of the arguments. */
const noise = fc.array(
  fc.tuple(fc.constantFrom(...NAMES), value, fc.boolean()).map((one): Entry => one),
  { maxLength: 5 },
);

/** What another call is named by and what it needs, under some of the names that these have in some place. */
const takeover = fc
  .tuple(
    fc.constantFrom(...CALLS),
    fc.subarray(['id', 'entityId', 'input', 'connectorInputPayload', 'operation', 'function'] as const, {
      maxLength: 2,
    }),
  )
  .map(([call, names]): readonly Entry[] => {
    const { id = 'one_1', payload } = leastOf(call);
    const [, entity, operation] = /^(.+)\.(\w+)$/.exec(call) ?? [];
    const is = {
      id,
      entityId: id,
      input: payload,
      connectorInputPayload: payload,
      operation,
      function: 'execute-action',
    };
    const own: Entry = entity === undefined ? ['action', call, false] : ['entity', entity, false];
    return [own, ...names.map((name): Entry => [name, is[name], false])];
  });

/** Nothing but another id. */
const otherId = fc
  .tuple(fc.constantFrom('id', 'entityId'), fc.constantFrom(...IDS))
  .map(([name, id]): readonly Entry[] => [[name, id, false]]);

/** Entries that are laid over valid arguments, or stand alone. */
export const hostile = fc.record({
  bare: fc.boolean(),
  entries: fc.oneof(noise, { weight: 2, arbitrary: takeover }, otherId),
});
export type Hostile = typeof hostile extends fc.Arbitrary<infer T> ? T : never;

/** Every entry becomes an own property, `__proto__` too. `inner`: the field that an entry may go into. */
export function laidOver(base: Input, { bare, entries }: Hostile, inner: string): Input {
  const made: Input = bare ? {} : structuredClone(base);
  for (const [name, one, within] of entries) {
    const at = within && isObject(made[inner]) ? made[inner] : made;
    Object.defineProperty(at, name, {
      value: structuredClone(one),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
}

function isObject(one: unknown): one is Input {
  return typeof one === 'object' && one !== null && !Array.isArray(one);
}
