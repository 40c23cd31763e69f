import { clause, explained, items, many, members, payload, ROOM, type Hostile } from './texts.ts';

/** What the functions are sent, by the operation and by its body: messages and the runtime API carry the same. */
export interface Asked {
  readonly operation: 'Create' | 'Get' | 'List' | 'Update' | 'Delete';
  readonly body: string;
}

export const ASKS: readonly (Omit<Hostile, 'of'> & { readonly of: (bytes: number) => Asked })[] = [
  {
    name: 'unknown names near known ones',
    of: (n) => ({
      operation: 'Create',
      body: payload(
        'PaymentIntent',
        members(n - ROOM, (i) => `"PaymentMethodOptionsCardMandate${i}":1`),
      ),
    }),
  },
  {
    name: 'unknown names as short as can be',
    of: (n) => ({
      operation: 'Create',
      body: payload(
        'Charge',
        members(n - ROOM, (i) => `"${i.toString(36)}":1`),
      ),
    }),
  },
  {
    name: 'one unknown name as long as can be',
    of: (n) => ({
      operation: 'Create',
      body: payload('PaymentIntent', `{"${'PaymentMethod'.repeat((n - ROOM) / 13)}":1}`),
    }),
  },
  {
    name: 'a name of marks that JSON writes as six signs',
    of: (n) => ({
      operation: 'Create',
      body: payload(
        'Customer',
        members(n - ROOM, (i) => `"${'\\u0001'.repeat(190)}${i}":1`),
      ),
    }),
  },
  {
    name: 'unknown fields of the body',
    of: (n) => ({ operation: 'Create', body: members(n, (i) => (i === 0 ? '"entity":"Customer"' : `"entit${i}":1`)) }),
  },
  {
    name: 'inner unknown names',
    of: (n) => ({
      operation: 'Create',
      body: payload('Customer', `{"Address":${members(n - ROOM, (i) => `"citty${i}":1`)}}`),
    }),
  },
  {
    name: 'joined names of one object',
    of: (n) => ({
      operation: 'Create',
      body: payload(
        'Customer',
        members(n - ROOM, (i) => `"AddressCity${i}":"x"`),
      ),
    }),
  },
  {
    name: 'keys of metadata',
    taken: true,
    of: (n) => ({
      operation: 'Create',
      body: payload('Customer', `{"Metadata":${members(n - ROOM, (i) => `"k${i}":"v"`)}}`),
    }),
  },
  {
    name: 'keys of metadata with brackets',
    of: (n) => ({
      operation: 'Create',
      body: payload('Customer', `{"Metadata":${members(n - ROOM, (i) => `"a][${i}":""`)}}`),
    }),
  },
  {
    name: 'a list of wrong items',
    of: (n) => ({ operation: 'Create', body: payload('Customer', `{"PreferredLocales":${items(n - ROOM, '[]')}}`) }),
  },
  {
    name: 'a list of wrong enum values',
    of: (n) => ({
      operation: 'Create',
      body: payload('WebhookEndpoint', `{"Url":"x","EnabledEvents":${items(n - ROOM, '"charge.failedd"')}}`),
    }),
  },
  {
    name: 'a list of numbers where an enum is wanted',
    of: (n) => ({
      operation: 'Create',
      body: payload('WebhookEndpoint', `{"Url":"x","EnabledEvents":${items(n - ROOM, '1')}}`),
    }),
  },
  {
    name: 'a dry run of keys of metadata',
    asked: true,
    of: (n) => ({
      operation: 'Create',
      body: `{"entity":"Customer","dryRun":true,"connectorInputPayload":{"Metadata":${members(n - ROOM, (i) => `"k${i}":"v"`)}}}`,
    }),
  },
  {
    name: 'a list of right enum values',
    taken: true,
    of: (n) => ({
      operation: 'Create',
      body: payload('WebhookEndpoint', `{"Url":"x","EnabledEvents":${items(n - ROOM, '"plan.created"')}}`),
    }),
  },
  {
    name: 'a list of empty objects that lack something',
    of: (n) => ({
      operation: 'Create',
      body: payload('Checkout.Session', `{"Mode":"payment","LineItems":${items(n - ROOM, '{"price_data":{}}')}}`),
    }),
  },
  {
    name: 'a payload as text, nested as deep as can be',
    of: (n) => ({
      operation: 'Create',
      body: payload(
        'Customer',
        JSON.stringify(`{"Metadata":${'['.repeat((n - ROOM) / 2)}${']'.repeat((n - ROOM) / 2)}}`),
      ),
    }),
  },
  {
    name: 'an object as text of nested arrays',
    of: (n) => ({
      operation: 'Create',
      body: payload(
        'PaymentIntent',
        `{"Amount":1,"Currency":"usd","PaymentMethodData":${JSON.stringify(`{"affirm":${'['.repeat((n - ROOM) / 2)}${']'.repeat((n - ROOM) / 2)}}`)}}`,
      ),
    }),
  },
  {
    name: 'a payload as text of short arrays',
    of: (n) => ({
      operation: 'Create',
      body: payload('Customer', JSON.stringify(`{"Metadata":${items(n - ROOM, '[]')}}`)),
    }),
  },
  {
    name: 'JSON text in JSON text',
    of: (n) => {
      let text = '{"a":1}';
      while (JSON.stringify(text).length * 2 < n - ROOM) text = JSON.stringify({ city: text });
      return { operation: 'Create', body: payload('Customer', `{"Address":${JSON.stringify(text)}}`) };
    },
  },
  {
    name: 'fields as text',
    of: (n) => ({
      operation: 'Get',
      body: `{"entity":"PaymentIntent","entityId":"pi_1","fields":"${'PaymentMethodX,'.repeat((n - ROOM) / 15)}"}`,
    }),
  },
  {
    name: 'fields as a list of unknown names',
    of: (n) => ({
      operation: 'Get',
      body: `{"entity":"PaymentIntent","entityId":"pi_1","fields":${JSON.stringify(Array.from({ length: 1000 }, (_, i) => `LatestChargeBillingDetails${i}`.padEnd(Math.max(1, (n - ROOM) / 1000 - 4), 'x')))}}`,
    }),
  },
  {
    name: 'fields as a list of wrong items',
    of: (n) => ({
      operation: 'Get',
      body: `{"entity":"PaymentIntent","entityId":"pi_1","fields":${items(n - ROOM, '[]')}}`,
    }),
  },
  {
    name: 'expand as text',
    of: (n) => ({
      operation: 'Get',
      body: `{"entity":"PaymentIntent","entityId":"pi_1","expand":"${'customer,'.repeat((n - ROOM) / 9)}"}`,
    }),
  },
  {
    name: 'an entity as long as can be',
    of: (n) => ({ operation: 'Create', body: `{"entity":"${'Customer'.repeat((n - ROOM) / 8)}"}` }),
  },
  {
    name: 'an operationId as long as can be',
    of: (n) => ({
      operation: 'Create',
      body: `{"entity":"Customer","connectorInputPayload":{},"operationId":"${'x'.repeat(n - ROOM)}"}`,
    }),
  },
  {
    name: 'an entityId of slashes',
    of: (n) => ({ operation: 'Get', body: `{"entity":"Customer","entityId":"${'/'.repeat(n - ROOM)}"}` }),
  },
  {
    name: 'a page token as long as can be',
    of: (n) => ({
      operation: 'List',
      body: `{"entity":"Customer","listEntitiesPageToken":"${'W1tb'.repeat((n - ROOM) / 4)}"}`,
    }),
  },
  {
    name: 'a sort column as long as can be',
    of: (n) => ({
      operation: 'List',
      body: `{"entity":"Customer","listEntitiesSortByColumns":["${'Address'.repeat((n - ROOM) / 7)}"]}`,
    }),
  },
  {
    name: 'sort columns',
    of: (n) => ({
      operation: 'List',
      body: `{"entity":"Customer","listEntitiesSortByColumns":${items(n - ROOM, '1')}}`,
    }),
  },
  {
    name: 'a clause longer than can be',
    of: (n) => ({ operation: 'List', body: clause('Customer', "Email = 'a' AND ".repeat(n / 16)) }),
  },
  {
    name: 'a clause of terms',
    of: () => ({ operation: 'Delete', body: clause('Customer', many("Email = 'x'", ' OR ')) }),
  },
  {
    name: 'a clause of unknown columns',
    of: () => ({ operation: 'List', body: clause('PaymentIntent', many('PaymentMethodOptionsCrd = 1', ' AND ')) }),
  },
  {
    name: 'a clause of values',
    asked: true,
    of: () => ({ operation: 'List', body: explained('Invoice', `Number IN (${many('a', ',')}) AND Id IN (b)`) }),
  },
  {
    name: 'a clause of ids',
    asked: true,
    of: () => ({
      operation: 'List',
      body: explained('Invoice', `Id IN (${'a,'.repeat(2400)}a) AND Id IN (${'b,'.repeat(2400)}a)`),
    }),
  },
  {
    name: 'a clause of NOT IN',
    asked: true,
    of: () => ({
      operation: 'List',
      body: explained(
        'Invoice',
        `Status IN ('open','paid','void') AND Customer IN ('cus_1','cus_2','cus_3') AND Number NOT IN (${'a,'.repeat(4800)}a)`,
      ),
    }),
  },
  {
    name: 'a clause of NOT',
    of: () => ({ operation: 'List', body: clause('Customer', 'NOT '.repeat(2400) + "Email = 'x'") }),
  },
  { name: 'a clause of parentheses', of: () => ({ operation: 'List', body: clause('Customer', '('.repeat(9000)) }) },
  {
    name: 'a clause of quotes',
    of: () => ({ operation: 'List', body: clause('Customer', `Email = '${"''".repeat(4900)}`) }),
  },
];
