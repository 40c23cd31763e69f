import { NOT_STORED } from '../../automation/redrive.ts';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import { isListOfOperation, wholeOperationId } from '../../idempotency/derive-key.ts';
import { operationReport, type OperationReport } from '../../idempotency/operation-report.ts';
import type { Connector } from '../../operations/connector.ts';
import { redactValue } from '../../redact.ts';
import type { WrittenObject } from '../../stripe/activity/recent-requests.ts';
import { operationRoute } from '../operation-route.ts';
import type { ManagementRoute } from '../route.ts';
import { suspensionOf } from '../admin/connection-methods.ts';
import type { Administrable } from '../admin/method.ts';
import { referrersOf } from './references.ts';

/** Maximum numbers of operations and dead letters in one response. */
const MAX_LISTED_OPERATIONS = 200;
const MAX_LISTED_DEAD_LETTERS = 200;
/** Seconds that the rate-limit graph covers. */
const GRAPH_SECONDS = 300;

/** The GET routes of the console. */
export const CONSOLE_READS: readonly ManagementRoute[] = [
  [/^\/console\/operations$/, 'reads', ({ connector }) => operationList(connector)],
  [/^\/console\/operations\/([^/]+)$/, 'health', ({ connector, part }) => listedOperation(connector, part)],
  [/^\/console\/dead-letters$/, 'reads', ({ connector }) => deadLetterList(connector)],
  [/^\/console\/limiter$/, 'reads', ({ connector }) => limiterView(connector)],
  [/^\/console\/references\/([^/]+)$/, 'discovery', ({ connector, part }) => referrersOf(connector.deps, part)],
  [/^\/console\/settings$/, 'reads', ({ connector }) => settingsInForce(connector)],
];

/**
 * A report with the name of the call, such as `PaymentIntent.Create`, and the object that the call wrote. Both are null
 * if this instance does not have the requests of the operation in memory.
 */
export type ListedOperation = OperationReport & {
  readonly call: string | null;
  readonly object: WrittenObject | null;
};

/**
 * Returns the reports of the operations that this instance handled, the latest first. It does not list operations of
 * other instances, because the store cannot return its records by time.
 */
async function operationList(connector: Administrable): Promise<{ operations: readonly ListedOperation[] }> {
  const ids = connector
    .recentOperations()
    .filter((id) => !isListOfOperation(id))
    .slice(0, MAX_LISTED_OPERATIONS);
  const reports = await Promise.all(
    ids.map((id) => operationReport(connector.deps.operations, id).catch(undefinedIfExpired)),
  );
  const operations = reports.flatMap((report) => (report === undefined ? [] : [withCall(connector, report)]));
  return { operations };
}

async function listedOperation(connector: Administrable, id: string): Promise<ListedOperation> {
  return withCall(connector, await operationRoute(connector, id));
}

/**
 * Adds the call and the object of an operation. A write by clause sends one request per row. Its call is therefore the
 * call of one of its rows, and it has no object of its own.
 */
function withCall({ recentRequests, recentOperations }: Administrable, report: OperationReport): ListedOperation {
  const { operationId } = report;
  const own = recentRequests.operationOf(operationId);
  const callOfRow = (): string | undefined =>
    recentOperations()
      .filter((id) => wholeOperationId(id) === operationId)
      .flatMap((id) => recentRequests.operationOf(id)?.call ?? [])[0];
  return { ...report, call: own?.call ?? callOfRow() ?? null, object: own?.object ?? null };
}

/**
 * Returns undefined if the record of an operation has expired since the list was read. Throws UNAVAILABLE for any other
 * error.
 */
function undefinedIfExpired(cause: unknown): undefined {
  if (toConnectorError(cause).status === 'NOT_FOUND') return undefined;
  throw new ConnectorError('UNAVAILABLE', 'the operations cannot be read at the moment; retry the call', {
    reason: 'OPERATIONS_UNAVAILABLE',
    retryAfterMs: 1000,
    cause,
  });
}

async function deadLetterList({ deadLetters, settings }: Connector): Promise<object> {
  const letters = await deadLetters.list(MAX_LISTED_DEAD_LETTERS);
  return {
    topic: settings.automationTopic ?? null,
    deadLetters: letters.map(({ original, atMs, replayedMs, ...letter }) => ({
      ...letter,
      at: new Date(atMs).toISOString(),
      replayed: replayedMs === 0 ? null : new Date(replayedMs).toISOString(),
      replayable: original !== null,
      notStored: original === null ? NOT_STORED : null,
      message: letter.message,
      data: original === null ? null : redactValue(messageData(original.data)),
      attributes: original?.attributes ?? {},
    })),
  };
}

/** Returns the JSON of a message, or its text if it is not JSON. */
function messageData(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

async function limiterView(connector: Administrable): Promise<object> {
  const { clock, limit, limits, recentRequests, settings, inbox } = connector;
  const atMs = clock.epochMs();
  const publishing = await inbox.publishing();
  return {
    atMs,
    limit: limit(),
    limits,
    maxWaitMs: settings.maxWaitMs,
    suspended: await suspensionOf(connector),
    publishing: { paused: publishing.paused, reason: publishing.reason },
    today: recentRequests.rates.totalsOfDay(atMs),
    callsToday: recentRequests.calls.totalsOfDay(atMs),
    seconds: recentRequests.rates.since(Math.floor(atMs / 1000) - GRAPH_SECONDS),
  };
}

/** Returns the settings with their defaults. They contain the names of secrets, never the values. */
function settingsInForce(connector: Administrable): object {
  const { settings, project, stripeBase, open, deps, describedSettings } = connector;
  return {
    project: project ?? null,
    stripeBase: stripeBase ?? null,
    apiVersion: deps.apiVersion,
    open,
    meanings: Object.fromEntries(
      describedSettings().map(({ name, description, default: value, required }) => [
        name,
        { description, default: value ?? null, required },
      ]),
    ),
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value ?? null,
      ]),
    ),
  };
}
