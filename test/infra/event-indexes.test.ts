/**
 * Each query of the event inbox has an index in Terraform, and each index serves a query. The emulator enforces neither.
 * The rules: https://firebase.google.com/docs/firestore/query-data/index-overview (index merging),
 * https://cloud.google.com/firestore/docs/query-data/indexing
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { firestoreEvents } from '../../shared/adapters/google/firestore-events.ts';
import type { FirestoreClient } from '../../shared/adapters/google/firestore-client.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { EVENT_OUTCOMES, type EventInbox, type InboxFilter } from '../../shared/event-inbox/store.ts';

interface Condition {
  readonly fieldFilter: { readonly field: { readonly fieldPath: string }; readonly op: string };
}
/** Firestore answers `IN` as several equalities. https://firebase.google.com/docs/firestore/query-data/queries#in_not-in_and_array-contains-any */
const EQUALITIES = ['EQUAL', 'IN'];
interface Query {
  readonly from: readonly { readonly collectionId: string }[];
  readonly where?: Condition | { readonly compositeFilter: { readonly filters: readonly Condition[] } };
  readonly orderBy?: readonly { readonly field: { readonly fieldPath: string }; readonly direction: string }[];
}

/** The queries that the adapter sends for `ask`. */
async function queriesOf(ask: (inbox: EventInbox) => Promise<unknown>): Promise<Query[]> {
  const sent: Query[] = [];
  const client = {
    runQuery: ({ structuredQuery }: { structuredQuery: Query }) => {
      sent.push(structuredQuery);
      return Readable.from([]);
    },
  } as unknown as FirestoreClient;
  await ask(firestoreEvents({ projectId: 'p', databaseId: 'd' }, 'c', storedDocuments, client));
  return sent;
}

const FIELDS: readonly InboxFilter[] = [
  { type: 'customer.updated' },
  { objectId: 'cus_1' },
  { account: 'acct_1' },
  { outcome: EVENT_OUTCOMES[0] },
  { sinceMs: 1 },
];
/** Every combination of conditions. */
const FILTERS = Array.from(
  { length: 2 ** FIELDS.length },
  (_, bits) => Object.assign({}, ...FIELDS.filter((_field, n) => ((bits >> n) & 1) === 1)) as InboxFilter,
);

const conditionsOf = ({ where }: Query): readonly Condition[] =>
  where === undefined ? [] : 'compositeFilter' in where ? where.compositeFilter.filters : [where];

interface Index {
  readonly fields: readonly string[];
}

/** `type ASCENDING`, `receivedAt DESCENDING`: the composite indexes, and those of one field. */
function terraformIndexes(): { readonly composite: readonly Index[]; readonly single: readonly string[] } {
  const text = readFileSync('infra/project/firestore.tf', 'utf8');
  const filters = (/inbox_filters = \[(.*)\]/.exec(text)?.[1] ?? '').replaceAll('"', '').split(', ');
  const [, body = ''] = /^resource "google_firestore_index" "inbox" \{\n([^]*?)\n\}/m.exec(text) ?? [];
  assert.match(body, /for_each = toset\(local\.inbox_filters\)/);
  assert.match(body, /collection +=.*"stripeEvents"/);
  const fields = [...body.matchAll(/field_path = (\S+)\n +order +=.*"(\w+)"/g)];
  const single = [...text.matchAll(/collection = "stripeEvents", field = "(\w+)", order = "(\w+)"/g)];
  return {
    composite: filters.map((filter) => ({
      fields: fields.map(
        ([, name = '', order]) => `${name === 'each.value' ? filter : name.replaceAll('"', '')} ${order}`,
      ),
    })),
    single: single.map(([, name, order]) => `${name} ${order}`),
  };
}

/** The indexes that serve a query together; undefined if they do not. */
function serving(query: Query, { composite, single }: ReturnType<typeof terraformIndexes>): string[] | undefined {
  const equal = conditionsOf(query).filter(({ fieldFilter }) => EQUALITIES.includes(fieldFilter.op));
  const names = equal.map(({ fieldFilter }) => fieldFilter.field.fieldPath);
  const [order, ...more] = (query.orderBy ?? []).map(({ field, direction }) => `${field.fieldPath} ${direction}`);
  const [orderName, direction = ''] = (order ?? '').split(' ');
  // Every index ends with the name, in the direction of its last field.
  if (!more.every((rest) => rest === `__name__ ${direction}`)) return undefined;
  const ranges = conditionsOf(query).filter(({ fieldFilter }) => !EQUALITIES.includes(fieldFilter.op));
  if (!ranges.every(({ fieldFilter }) => fieldFilter.field.fieldPath === orderName)) return undefined;
  if (order === undefined) return names.every((name) => single.includes(`${name} ASCENDING`)) ? names : undefined;
  if (names.length === 0) return single.includes(order) ? [order] : undefined;
  const used = composite.filter(({ fields }) => {
    const equalities = fields.slice(0, -1).map((field) => field.split(' ')[0] ?? '');
    return fields.at(-1) === order && equalities.every((name) => names.includes(name));
  });
  const covered = new Set(used.flatMap(({ fields }) => fields.slice(0, -1).map((field) => field.split(' ')[0])));
  return names.every((name) => covered.has(name)) ? used.map(({ fields }) => fields.join()) : undefined;
}

test('every query of the inbox has an index, with any conditions and on any page', async () => {
  const indexes = terraformIndexes();
  assert.equal(FILTERS.length, 32);
  const used = new Set<string>();
  const position = { receivedMs: 1, id: 'evt_1' };
  const asked = [
    ...FILTERS.flatMap((filter) => [
      (inbox: EventInbox) => inbox.query(filter, 10),
      (inbox: EventInbox) => inbox.query(filter, 10, position),
    ]),
    (inbox: EventInbox) => inbox.ofChanges(['key', 'other']),
  ];
  for (const ask of asked)
    for (const query of await queriesOf(ask)) {
      assert.deepEqual(query.from, [{ collectionId: 'stripeEvents' }]);
      const by = serving(query, indexes);
      assert.ok(by !== undefined, `no index for ${JSON.stringify(query)}`);
      for (const index of by) used.add(index);
    }
  const all = [...indexes.composite.map(({ fields }) => fields.join()), ...indexes.single];
  const names = all.map((index) => (used.has(index) ? index : (index.split(' ')[0] ?? '')));
  assert.deepEqual(new Set(names), used, 'an index that serves no query costs a write');
});
