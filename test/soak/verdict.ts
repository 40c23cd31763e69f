import type { WriteEffect } from '../../shared/sandbox/events/events.ts';
import type { ReceivedRequest } from '../../shared/sandbox/protocol/parameters/received.ts';
import type { Got } from '../emulator/pubsub.ts';
import type { Operation } from './operations.ts';
import type { Worker } from './workers.ts';

/** What a soak left behind. */
export interface Remains {
  readonly operations: readonly Operation[];
  readonly effects: readonly WriteEffect[];
  readonly requests: readonly ReceivedRequest[];
  readonly workers: readonly Worker[];
  readonly results: readonly Got[];
  readonly deadLetters: readonly Got[];
  /** When each operation was first acknowledged. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Operations by their state in the store. */
  readonly states: Readonly<Record<string, number>>;
  /** Requests that may start in a second. */
  readonly limit: number;
}

/** A figure, and the number that it must be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
}

/** Milliseconds by which the sandbox may see a connection's end before the killer knows of the kill. */
const SLACK_MS = 5;

/** The operation that a request belongs to: by its key, or by the path of a DELETE. */
export function operationOf(
  request: Pick<ReceivedRequest, 'method' | 'path' | 'idempotencyKey'>,
  deletes: ReadonlyMap<string, string>,
): string | undefined {
  return request.method === 'DELETE' ? deletes.get(request.path) : request.idempotencyKey?.replace(/~\d+$/, '');
}

export function deletesOf(operations: readonly Operation[]): ReadonlyMap<string, string> {
  return new Map(operations.flatMap(({ id, deletes }) => (deletes === undefined ? [] : [[deletes, id] as const])));
}

export function verdict(remains: Remains): Figure[] {
  const { operations, states } = remains;
  const deletes = deletesOf(operations);
  const effects = countBy(remains.effects.map((one) => operationOf(one, deletes)));
  const results = groupBy(remains.results, ({ attributes }) => attributes['operationId']);
  const wanted = operations.filter(({ ends }) => ends === 'succeeded');
  const refused = operations.filter(({ ends }) => ends === 'failed');
  const zero = (name: string, value: number): Figure => ({ name, value, bar: 0 });
  return [
    zero(
      'operations lost: no effect, or no result',
      wanted.filter(({ id }) => effects.get(id) === undefined || ends(results, id) !== 'succeeded').length,
    ),
    zero('operations with more than one effect', wanted.filter(({ id }) => (effects.get(id) ?? 0) > 1).length),
    zero(
      'refused payments that had an effect, or another result',
      refused.filter(({ id }) => effects.has(id) || ends(results, id) !== 'failed').length,
    ),
    zero(
      'refused payments that are no dead letter',
      refused.filter(({ id }) => !remains.deadLetters.some(({ attributes }) => attributes['operationId'] === id))
        .length,
    ),
    zero(
      'dead letters of anything else',
      new Set(remains.deadLetters.map(({ attributes }) => attributes['operationId'])).size - refused.length,
    ),
    zero(
      'operations with results of two ids',
      [...results.values()].filter((all) => new Set(all.map(({ attributes }) => attributes['ce-id'])).size > 1).length,
    ),
    ...ofRequests(remains, deletes),
    zero('leases left', (states['calling'] ?? 0) + (states['indeterminate'] ?? 0) + (states['received'] ?? 0)),
    {
      name: 'operations on record',
      value: (states['succeeded'] ?? 0) + (states['failed'] ?? 0),
      bar: operations.length,
    },
    zero('requests a second above the limit', Math.max(0, busiestSecond(remains.requests) - remains.limit)),
  ];
}

/** What the requests of each operation tell: one key, one caller at a time, nothing after a definite answer. */
function ofRequests({ requests, workers, acknowledged }: Remains, deletes: ReadonlyMap<string, string>): Figure[] {
  const byKey = new Map(workers.map((worker) => [worker.key, worker]));
  let [twoKeys, together, afterAnswer, afterAck] = [0, 0, 0, 0];
  for (const [id, all] of groupBy(requests, (one) => operationOf(one, deletes))) {
    if (new Set(all.map(({ idempotencyKey }) => idempotencyKey)).size > 1) twoKeys += 1;
    for (const [index, request] of all.entries()) {
      if (request.at > (acknowledged.get(id) ?? Infinity)) afterAck += 1;
      const before = all.slice(0, index);
      if (before.some((other) => overlap(other, request, byKey))) together += 1;
      if (before.some((other) => other.key === request.key && isDefinite(other))) afterAnswer += 1;
    }
  }
  return [
    { name: 'operations sent under two keys', value: twoKeys, bar: 0 },
    { name: 'concurrent requests of the same operation', value: together, bar: 0 },
    { name: 'requests of a worker after its definite answer', value: afterAnswer, bar: 0 },
    { name: 'requests after the acknowledgement', value: afterAck, bar: 0 },
  ];
}

/** Whether an earlier request was under way when this one came, its caller alive. */
function overlap(earlier: ReceivedRequest, later: ReceivedRequest, workers: ReadonlyMap<string, Worker>): boolean {
  const killedAt = workers.get(earlier.key)?.killedAt ?? Infinity;
  return Math.min(earlier.doneAt ?? Infinity, killedAt + SLACK_MS) > later.at && earlier.key !== later.key;
}

/** Stripe's answer went out whole, and says how it ended. A 401 or 429 stands before that. */
function isDefinite({ clean, status = 0 }: ReceivedRequest): boolean {
  return clean === true && (status === 200 || status === 402);
}

function ends(results: ReadonlyMap<string, readonly Got[]>, id: string): string | undefined {
  const outcomes = new Set((results.get(id) ?? []).map(({ attributes }) => attributes['outcome']));
  return outcomes.size === 1 ? [...outcomes][0] : undefined;
}

export function busiestSecond(requests: readonly ReceivedRequest[]): number {
  const times = requests.map(({ at }) => at).sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function countBy(values: readonly (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function groupBy<T>(values: readonly T[], key: (value: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const name = key(value);
    if (name === undefined) continue;
    const group = groups.get(name) ?? [];
    group.push(value);
    groups.set(name, group);
  }
  return groups;
}
