import { isSuccess } from '../api/calls.ts';
import { readActivity, readOperations, type ListedOperation, type RequestLogEntry } from '../api/operator.ts';
import { callName, type HistoryEntry } from '../state/history.ts';
import { readEventsOf } from './stripe-events.ts';

/** A call that touched an object, with everything that is known of it. */
export interface ObjectOperation {
  readonly key: string;
  /** ISO 8601 */
  readonly at: string;
  /** `PaymentIntent.Create` */
  readonly call: string;
  readonly outcome: string;
  readonly request: RequestLogEntry | undefined;
  readonly operation: ListedOperation | undefined;
  /** The call, if this page sent it. */
  readonly entry: HistoryEntry | undefined;
  /** Types of the events of the object that it caused. */
  readonly events: readonly string[];
}

/** What is known without the calls made in this console. */
interface KnownTraffic {
  readonly requests: readonly RequestLogEntry[];
  readonly operations: readonly ListedOperation[];
  /** Types of the object's events by the id of the request that caused them. */
  readonly causes: ReadonlyMap<string, readonly string[]>;
}

/** Reads requests that name the object or caused its events, and the records of their operations. */
export async function readObjectTraffic(id: string): Promise<KnownTraffic> {
  const [{ transactions }, { operations }, events] = await Promise.all([
    readActivity(),
    readOperations(),
    readEventsOf(id),
  ]);
  const causes = new Map<string, string[]>();
  for (const { RequestId: requestId, Type: type } of events)
    if (typeof requestId === 'string') causes.set(requestId, [...(causes.get(requestId) ?? []), String(type)]);
  return {
    causes,
    requests: transactions.filter(({ path, requestId = '' }) => path.split('/').includes(id) || causes.has(requestId)),
    operations,
  };
}

/** Requests, records and calls made in this console as one list, the last first. */
export function joinOperations(id: string, traffic: KnownTraffic, history: readonly HistoryEntry[]): ObjectOperation[] {
  const { requests, operations, causes } = traffic;
  const entries = history.filter(
    ({ call, reply }) => JSON.stringify(call.body).includes(id) || JSON.stringify(reply.body).includes(id),
  );
  const eventsOf = (ids: readonly string[]): readonly string[] => ids.flatMap((name) => causes.get(name) ?? []);
  const entryOf = (operationId: string | undefined): HistoryEntry | undefined =>
    entries.find(({ kind, reply }) => kind === 'run' && operationId !== undefined && reply.operationId === operationId);
  const ofRequests = requests.map((request, index): ObjectOperation => {
    const { requestId = '', atMs, call, outcome } = request;
    const operation = operations.find(({ requestIds }) => requestIds.includes(requestId));
    return {
      key: `${atMs} ${requestId} ${index}`,
      at: new Date(atMs).toISOString(),
      call,
      outcome,
      request,
      operation,
      entry: entryOf(operation?.operationId),
      events: eventsOf([requestId]),
    };
  });
  const withRequest = new Set(ofRequests.map(({ operation }) => operation?.operationId));
  const ofRecords = operations
    .filter(
      ({ operationId, requestIds }) =>
        !withRequest.has(operationId) && (eventsOf(requestIds).length > 0 || entryOf(operationId) !== undefined),
    )
    .map((operation): ObjectOperation => ({
      key: operation.operationId,
      at: operation.firstCalledAt ?? '',
      call: operation.call ?? 'not known',
      outcome: operation.state,
      request: undefined,
      operation,
      entry: entryOf(operation.operationId),
      events: eventsOf(operation.requestIds),
    }));
  const shown = new Set([...ofRequests, ...ofRecords].map(({ entry }) => entry?.number));
  const ofHistory = entries
    .filter(({ number }) => !shown.has(number))
    .map((entry): ObjectOperation => ({
      key: `call ${entry.number}`,
      at: entry.at.toISOString(),
      call: callName(entry.call),
      outcome: isSuccess(entry.reply) ? 'ok' : 'failed',
      request: undefined,
      operation: undefined,
      entry,
      events: [],
    }));
  return [...ofRequests, ...ofRecords, ...ofHistory].sort((a, b) => b.at.localeCompare(a.at));
}

/** Whether it may have changed the object. */
export function isWrite({ request, operation, entry }: ObjectOperation): boolean {
  if (request !== undefined) return request.method !== 'GET';
  if (operation !== undefined) return true;
  return entry?.kind === 'run' && !/^(get|list)-/.test(entry.call.functionName);
}
