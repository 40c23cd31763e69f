/**
 * Bodies that want to hurt, by the size that they may have: each is made so that one of its parts comes as often, or is
 * as long, as fits. The bench measures them, the tests count what is answered.
 */
import { signed } from '../fixtures/stripe-webhooks.ts';
import { ASKS } from './asks.ts';
import {
  got,
  items,
  LONGEST_TARGET,
  many,
  members,
  payload,
  posted,
  ROOM,
  type Hostile,
  type HostileRequest,
} from './texts.ts';

const BY_HTTP: readonly Hostile[] = ASKS.map(({ of, ...one }) => ({
  ...one,
  of: (bytes) => {
    const { operation, body } = of(bytes);
    return posted(operation === 'List' ? '/list-entities' : `/${operation.toLowerCase()}-entity`, body);
  },
}));

/** A push delivery of Pub/Sub. The largest bodies of a function still fit: base64 is a third longer. */
export function delivery(data: string, more: object = {}): HostileRequest {
  return posted('/automation', { message: { messageId: '1', data: Buffer.from(data).toString('base64'), ...more } });
}

const BY_MESSAGE: readonly Hostile[] = [
  ...ASKS.map(({ of, ...one }): Hostile => ({
    ...one,
    name: `message: ${one.name}`,
    of: (bytes) => {
      const { operation, body } = of(bytes);
      return delivery(`{"operation":"${operation}",${body.slice(1)}`);
    },
  })),
  {
    name: 'message: items that are all wrong',
    of: (n) =>
      delivery(
        `[${Array.from({ length: 100 }, () => `{"operation":"Create","entity":"Customer","connectorInputPayload":${members(n / 100 - 90, (i) => `"Nam${i}":1`)}}`).join()}]`,
      ),
  },
  { name: 'message: more items than are taken', of: (n) => delivery(items(n, '{}')) },
  {
    name: 'message: attributes',
    of: (n) =>
      posted(
        '/automation',
        `{"message":{"messageId":"1","data":"${Buffer.from(items(200, '{}')).toString('base64')}","attributes":${members(n - ROOM, (i) => `"a${i}":"x"`)}}}`,
      ),
  },
  {
    name: 'message: attributes that are no text',
    of: (n) =>
      posted('/automation', `{"message":{"messageId":"1","attributes":${members(n - ROOM, (i) => `"a${i}":1`)}}}`),
  },
  {
    name: 'message: a messageId as long as can be',
    of: (n) => posted('/automation', `{"message":{"messageId":"${'x'.repeat(n - ROOM)}","data":"e30="}}`),
  },
  {
    name: 'message: a function as long as can be',
    of: (n) => delivery(`{"function":"${'a-'.repeat((n - ROOM) / 2)}"}`),
  },
];

const BASE = '/v2/projects/p/locations/local/connections/stripe-local';

const BY_RUNTIME_API: readonly Hostile[] = [
  {
    name: 'runtime API: unknown fields',
    of: (n) =>
      posted(
        `${BASE}/entityTypes/PaymentIntent/entities`,
        `{"fields":${members(n - ROOM, (i) => `"PaymentMethodOptx${i}":1`)}}`,
      ),
  },
  {
    name: 'runtime API: unknown members of the body',
    of: (n) =>
      posted(
        `${BASE}/entityTypes/PaymentIntent/entities`,
        members(n - ROOM, (i) => `"fieldz${i}":1`),
      ),
  },
  {
    name: 'runtime API: parameters of an action',
    of: (n) =>
      posted(
        `${BASE}/actions/ConfirmPaymentIntent:execute`,
        `{"parameters":${members(n - ROOM, (i) => `"PaymentMethodOptx${i}":1`)}}`,
      ),
  },
  {
    name: 'runtime API: a clause of conditions',
    of: () => got(`${BASE}/entityTypes/Customer/entities?conditions=${many('Email=1', '%20OR%20').slice(0, 9_000)}`),
  },
  {
    name: 'runtime API: parameters of a query',
    of: () =>
      got(
        `${BASE}/entityTypes?${members(LONGEST_TARGET, (i) => `${i.toString(36)}=`)
          .slice(1, -1)
          .replaceAll(',', '&')}`,
      ),
  },
  { name: 'runtime API: every entity type', asked: true, of: () => got(`${BASE}/entityTypes?pageSize=200`) },
  { name: 'runtime API: every action', asked: true, of: () => got(`${BASE}/actions?pageSize=200`) },
  {
    name: 'runtime API: one parameter often',
    of: () => got(`${BASE}/entityTypes?${'a=&'.repeat(LONGEST_TARGET / 3)}`),
  },
  {
    name: 'runtime API: an entity type as long as can be',
    of: () => got(`${BASE}/entityTypes/${'Customer'.repeat(LONGEST_TARGET / 8)}`),
  },
];

const OTHERS: readonly Hostile[] = [
  {
    name: 'an action as long as can be',
    of: (n) => posted('/execute-action', `{"action":"${'ConfirmPaymentIntent'.repeat((n - ROOM) / 20)}"}`),
  },
  {
    name: 'inputs of an action',
    of: (n) =>
      posted(
        '/confirm-payment-intent',
        `{"connectorInputPayload":${members(n - ROOM, (i) => (i === 0 ? '"PaymentIntentId":"pi_1"' : `"PaymentMethodOptx${i}":1`))}}`,
      ),
  },
  {
    name: 'a form with nested names',
    of: (n) => ({
      method: 'POST',
      path: '/connection/run/create-entity',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a[b][c][d]=1&'.repeat(n / 13),
    }),
  },
  {
    name: 'tools: unknown arguments',
    of: (n) =>
      posted(
        '/tools',
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"customer_create","arguments":{"input":${members(n - ROOM, (i) => `"Nam${i}":1`)}}}}`,
        { accept: 'application/json, text/event-stream' },
      ),
  },
  {
    name: 'webhook: no signature',
    of: (n) => posted('/stripe-events', `{"id":"${'x'.repeat(n - ROOM)}"}`, { 'stripe-signature': 't=1,v1=00' }),
  },
  {
    name: 'GET an OpenAPI document of one entity, often',
    asked: true,
    of: () => got(`/openapi.json?entities=${'Customer,'.repeat(LONGEST_TARGET / 9)}`),
  },
  {
    name: 'GET an OpenAPI document of unknown entities',
    of: () => got(`/openapi.json?entities=${'Custmer,'.repeat(LONGEST_TARGET / 8)}`),
  },
  { name: 'GET the whole OpenAPI document', asked: true, of: () => got('/openapi.json') },
  { name: 'GET the whole OpenAPI 3.0 document', asked: true, of: () => got('/openapi-3.0.json') },
  { name: 'GET an operation as long as can be', of: () => got(`/operations/${'x'.repeat(LONGEST_TARGET)}`) },
  { name: 'GET an entity as long as can be', of: () => got(`/entities/${'Customer'.repeat(LONGEST_TARGET / 8)}`) },
  { name: 'GET a path as long as can be', of: () => got(`/${'x/'.repeat(LONGEST_TARGET / 2)}`) },
];

/** An event of Stripe's in its form, signed with a secret that the server knows, with what does not belong into one. */
export function signedBodies(secret: string): readonly Hostile[] {
  return [
    {
      name: 'webhook: a signed body that is no event',
      of: (n) => {
        const body = members(n - ROOM, (i) => `"a${i}":1`);
        return posted('/stripe-events', body, { 'stripe-signature': signed(secret, body) });
      },
    },
    {
      name: 'webhook: an event of many members',
      taken: true,
      of: (n) => {
        const data = `{"id":"cus_1","object":"customer","metadata":${members(n - ROOM, (i) => `"a${i}":"x"`)}}`;
        const body = `{"id":"evt_1","object":"event","type":"customer.created","created":1,"data":{"object":${data}}}`;
        return posted('/stripe-events', body, { 'stripe-signature': signed(secret, body) });
      },
    },
  ];
}

/** Everything that is held to `max_body_bytes`. */
export const HOSTILE_BODIES: readonly Hostile[] = [...BY_HTTP, ...BY_MESSAGE, ...BY_RUNTIME_API, ...OTHERS];

/** Endpoints that accept larger bodies. */
export const LARGE_BODIES: readonly Hostile[] = [
  {
    name: 'message of 10 MB: unknown names',
    of: (n) =>
      delivery(
        payload(
          'Customer',
          members(n, (i) => `"Nam${i}":1`),
        ),
      ),
  },
  { name: 'message of 10 MB: one text', of: (n) => delivery(`"${'x'.repeat(n)}"`) },
  {
    name: 'message of 10 MB: attributes',
    of: (n) =>
      posted(
        '/automation',
        `{"message":{"messageId":"1","data":"${Buffer.from(items(200, '{}')).toString('base64')}","attributes":${members(n, (i) => `"a${i}":"x"`)}}}`,
      ),
  },
  {
    name: 'message of 10 MB: attributes that are no text',
    of: (n) => posted('/automation', `{"message":{"messageId":"1","attributes":${members(n, (i) => `"a${i}":1`)}}}`),
  },
];
