import { isSuccess } from '../api/calls.ts';
import { readActivity, readOperations, type ListedOperation, type RequestLogEntry } from '../api/operator.ts';
import { callName, type HistoryEntry } from '../state/history.ts';
import { readEventsOf } from './stripe-events.ts';

/**
 * A request, an operation or a call that read or changed an object. It has the request, the record and the history
 * entry that this page could find.
 */
export interface ObjectOperation {
  readonly key: string;
  /** ISO 8601 */
  readonly at: string;
  /** `PaymentIntent.Create` */
  readonly call: string;
  readonly outcome: string;
  readonly request: RequestLogEntry | undefined;
  readonly operation: ListedOperation | undefined;
  /** The entry of the history, if this page sent the call. */
  readonly entry: HistoryEntry | undefined;
  /** Types of the object's events that the call caused. */
  readonly events: readonly string[];
}

/** The requests and operations of this instance, and the types of the object's events by request. */
interface ObjectTraffic {
  readonly requests: readonly RequestLogEntry[];
  readonly operations: readonly ListedOperation[];
  /** Types of the object's events by the id of the request that caused them. */
  readonly eventTypesByRequest: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the requests of this instance that name the object or caused its events, and the records of all operations of
 * this instance.
 */
export async function readObjectTraffic(id: string): Promise<ObjectTraffic> {
  const [{ transactions }, { operations }, events] = await Promise.all([
    readActivity(),
    readOperations(),
    readEventsOf(id),
  ]);
  const eventTypesByRequest = new Map<string, string[]>();
  for (const { RequestId: requestId, Type: type } of events)
    if (typeof requestId === 'string')
      eventTypesByRequest.set(requestId, [...(eventTypesByRequest.get(requestId) ?? []), String(type)]);
  return {
    eventTypesByRequest,
    requests: transactions.filter(
      ({ path, requestId = '' }) => path.split('/').includes(id) || eventTypesByRequest.has(requestId),
    ),
    operations,
  };
}

/**
 * Joins requests, records and calls of the history to one list, the newest first. A record or a call that belongs to a
 * listed request is not listed again.
 */
export function joinOperations(
  id: string,
  traffic: ObjectTraffic,
  history: readonly HistoryEntry[],
): ObjectOperation[] {
  const entries = history.filter(
    ({ call, reply }) => JSON.stringify(call.body).includes(id) || JSON.stringify(reply.body).includes(id),
  );
  const ofRequests = requestOperations(traffic, entries);
  const ofRecords = recordOperations(traffic, entries, ofRequests);
  const ofHistory = historyOperations(entries, [...ofRequests, ...ofRecords]);
  return [...ofRequests, ...ofRecords, ...ofHistory].sort((a, b) => b.at.localeCompare(a.at));
}

function eventTypesOf({ eventTypesByRequest }: ObjectTraffic, requestIds: readonly string[]): readonly string[] {
  return requestIds.flatMap((requestId) => eventTypesByRequest.get(requestId) ?? []);
}

function entryOf(entries: readonly HistoryEntry[], operationId: string | undefined): HistoryEntry | undefined {
  if (operationId === undefined) return undefined;
  return entries.find(({ kind, reply }) => kind === 'run' && reply.operationId === operationId);
}

function requestOperations(traffic: ObjectTraffic, entries: readonly HistoryEntry[]): readonly ObjectOperation[] {
  return traffic.requests.map((request, index) => {
    const { requestId = '', atMs, call, outcome } = request;
    const operation = traffic.operations.find(({ requestIds }) => requestIds.includes(requestId));
    return {
      key: `${atMs} ${requestId} ${index}`,
      at: new Date(atMs).toISOString(),
      call,
      outcome,
      request,
      operation,
      entry: entryOf(entries, operation?.operationId),
      events: eventTypesOf(traffic, [requestId]),
    };
  });
}

/**
 * Operations of the object whose requests are not listed, for example because the log of requests no longer has them.
 */
function recordOperations(
  traffic: ObjectTraffic,
  entries: readonly HistoryEntry[],
  listed: readonly ObjectOperation[],
): readonly ObjectOperation[] {
  const listedIds = new Set(listed.map(({ operation }) => operation?.operationId));
  return traffic.operations
    .filter(({ operationId }) => !listedIds.has(operationId))
    .filter(
      ({ operationId, requestIds }) =>
        eventTypesOf(traffic, requestIds).length > 0 || entryOf(entries, operationId) !== undefined,
    )
    .map((operation) => ({
      key: operation.operationId,
      at: operation.firstCalledAt ?? '',
      call: operation.call ?? 'not known',
      outcome: operation.state,
      request: undefined,
      operation,
      entry: entryOf(entries, operation.operationId),
      events: eventTypesOf(traffic, operation.requestIds),
    }));
}

function historyOperations(
  entries: readonly HistoryEntry[],
  listed: readonly ObjectOperation[],
): readonly ObjectOperation[] {
  const listedNumbers = new Set(listed.map(({ entry }) => entry?.number));
  return entries
    .filter(({ number }) => !listedNumbers.has(number))
    .map((entry) => ({
      key: `call ${entry.number}`,
      at: entry.at.toISOString(),
      call: callName(entry.call),
      outcome: isSuccess(entry.reply) ? 'ok' : 'failed',
      request: undefined,
      operation: undefined,
      entry,
      events: [],
    }));
}

/** Whether the call may have changed the object. */
export function isWrite({ request, operation, entry }: ObjectOperation): boolean {
  if (request !== undefined) return request.method !== 'GET';
  if (operation !== undefined) return true;
  return entry?.kind === 'run' && !/^(get|list)-/.test(entry.call.functionName);
}
