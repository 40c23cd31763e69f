import {
  INBOX_KEPT_MS,
  DEFAULT_PUBLISHING_STATE,
  type EventInbox,
  type InboxEntry,
  type InboxFilter,
  type InboxPosition,
} from '../../event-inbox/store.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  commitWithRetry,
  readAll,
  readInBackground,
  type FirestoreOptions,
} from './firestore-client.ts';
import { timestamp } from './firestore-time.ts';
import type { StoredDocuments } from './stored-documents.ts';
import { INBOX_VERSION } from './stored-versions.ts';
import { NO_RETRY } from './rest.ts';

/** Id of the document with the publishing state. It has no `receivedAt`, so no query returns it. */
const PUBLISHING_STATE_ID = '_publishing';
/**
 * Maximum number of entries to read for one change key. A change has at most a snapshot event and a thin event. The
 * limit leaves room for duplicates from Stripe.
 */
const MAX_ENTRIES_PER_CHANGE_KEY = 10;
/** Number of documents in one read. More documents are read in parts. */
const IDS_PER_READ = 100;
/**
 * Firestore's limit of values in one `IN` condition.
 * https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries
 */
const KEYS_PER_QUERY = 30;
/** Number of requests that one call sends at the same time. */
const PARALLEL_REQUESTS = 4;

interface StoredEvent {
  readonly found?: { readonly name?: string; readonly fields?: unknown } | null;
}

/**
 * Stores the event inbox of a connection in `connections/{name}/stripeEvents/{id of the event}`.
 *
 * The field `entry` contains the entry as JSON. The other fields are for queries. A TTL policy on `expireAt` deletes
 * the document. An event usually costs one write and the read of two documents.
 */
export function firestoreEvents(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  client = firestoreClient(options),
): EventInbox {
  const database = databaseOf(options);
  const parent = connectionOf(options, connection);
  const nameOf = (id: string): string => `${parent}/stripeEvents/${id}`;

  const put = async (id: string, fields: Record<string, object>): Promise<void> => {
    const v = { integerValue: String(INBOX_VERSION) };
    await commitWithRetry(client, { database, writes: [{ update: { name: nameOf(id), fields: { v, ...fields } } }] });
  };
  const find = async (query: object, max: number, read: typeof readAll = readAll): Promise<InboxEntry[]> => {
    const structuredQuery = { from: [{ collectionId: 'stripeEvents' }], limit: { value: max }, ...query };
    const results = await read<StoredQueryResult>(() => client.runQuery({ parent, structuredQuery }, NO_RETRY));
    return results.flatMap(({ document }) => (document ? [stored.event(document.fields)] : []));
  };

  /** Returns the fields of each document, undefined for one that does not exist. */
  const readDocuments = async (documents: string[], read: typeof readAll = readAll): Promise<unknown[]> => {
    const responses = await read<StoredEvent>(() => client.batchGetDocuments({ database, documents }, NO_RETRY));
    return documents.map((name) => responses.find(({ found }) => found?.name === name)?.found?.fields ?? undefined);
  };

  return {
    async read(id) {
      const [entry, state] = await readDocuments([nameOf(id), nameOf(PUBLISHING_STATE_ID)]);
      return {
        entry: entry === undefined ? undefined : stored.event(entry),
        state: state === undefined ? DEFAULT_PUBLISHING_STATE : stored.publishing(state),
      };
    },
    async write(entry) {
      await put(entry.id, {
        entry: { stringValue: JSON.stringify(entry) },
        type: { stringValue: entry.type },
        objectId: { stringValue: entry.objectId },
        account: { stringValue: entry.account },
        outcome: { stringValue: entry.outcome },
        changekey: { stringValue: entry.changekey },
        receivedAt: timeValue(entry.receivedMs),
        expireAt: timeValue(entry.receivedMs + INBOX_KEPT_MS),
      });
    },
    query: (filter, max, after) => find(inboxQuery(filter, after && { ...after, id: nameOf(after.id) }), max),
    async readAll(ids) {
      const found = await requestInParts(ids, IDS_PER_READ, (part) =>
        readDocuments(part.map(nameOf), readInBackground),
      );
      return found.flatMap((fields) => (fields === undefined ? [] : [stored.event(fields)]));
    },
    ofChanges: (changekeys) =>
      requestInParts(changekeys, KEYS_PER_QUERY, (part) =>
        find({ where: isOneOf('changekey', part) }, part.length * MAX_ENTRIES_PER_CHANGE_KEY, readInBackground),
      ),
    async publishing() {
      const [state] = await readDocuments([nameOf(PUBLISHING_STATE_ID)]);
      return state === undefined ? DEFAULT_PUBLISHING_STATE : stored.publishing(state);
    },
    setPublishing: (state) => put(PUBLISHING_STATE_ID, { state: { stringValue: JSON.stringify(state) } }),
  };
}

interface StoredQueryResult {
  readonly document?: { readonly fields?: unknown } | null;
}

/**
 * Builds the query of a filter. For several equality conditions, Firestore can merge their indexes if these have the
 * same sort order. One index for each field is therefore enough for every combination of conditions.
 * https://firebase.google.com/docs/firestore/query-data/index-overview#taking_advantage_of_index_merging
 */
function inboxQuery({ type, objectId, account, outcome, sinceMs }: InboxFilter, after?: InboxPosition): object {
  const filters: object[] = [];
  for (const [field, value] of Object.entries({ type, objectId, account, outcome }))
    if (value !== undefined) filters.push(equals(field, value));
  if (sinceMs !== undefined) filters.push(condition('receivedAt', 'GREATER_THAN_OR_EQUAL', timeValue(sinceMs)));
  const [first] = filters;
  const where = filters.length < 2 ? first : { compositeFilter: { op: 'AND', filters } };
  return {
    where,
    orderBy: [
      { field: { fieldPath: 'receivedAt' }, direction: 'DESCENDING' },
      { field: { fieldPath: '__name__' }, direction: 'DESCENDING' },
    ],
    startAt:
      after === undefined
        ? undefined
        : { before: false, values: [timeValue(after.receivedMs), { referenceValue: after.id }] },
  };
}

function timeValue(ms: number): object {
  return { timestampValue: timestamp(ms * 1000) };
}

function equals(fieldPath: string, stringValue: string): object {
  return condition(fieldPath, 'EQUAL', { stringValue });
}

function isOneOf(fieldPath: string, values: readonly string[]): object {
  return condition(fieldPath, 'IN', { arrayValue: { values: values.map((stringValue) => ({ stringValue })) } });
}

/**
 * Splits a long list into parts of `size` items, sends a request for each part, and returns the results of all parts.
 * At most `PARALLEL_REQUESTS` requests are in flight.
 */
async function requestInParts<T>(
  all: readonly string[],
  size: number,
  request: (part: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const parts: (readonly string[])[] = [];
  for (let start = 0; start < all.length; start += size) parts.push(all.slice(start, start + size));
  const results: T[] = [];
  for (let start = 0; start < parts.length; start += PARALLEL_REQUESTS) {
    const responses = await Promise.all(parts.slice(start, start + PARALLEL_REQUESTS).map(request));
    results.push(...responses.flat());
  }
  return results;
}

function condition(fieldPath: string, op: string, value: object): object {
  return { fieldFilter: { field: { fieldPath }, op, value } };
}
