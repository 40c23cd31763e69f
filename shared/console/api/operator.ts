import type { ListedEvent } from '../../event-inbox/filter.ts';
import type { ListedOperation } from '../../management/console/read-routes.ts';
import type { LimitView, Limits } from '../../rate-limiter/capacity.ts';
import type { RequestLogEntry } from '../../stripe/activity/recent-requests.ts';
import type { CallTotals } from '../../stripe/activity/call-counts.ts';
import type { DayTotals, RateSecond } from '../../stripe/activity/request-rates.ts';
import { getJson, jsonOrThrow, postJson, requestServer } from './http.ts';

export type { ListedEvent, ListedOperation, RateSecond, RequestLogEntry };

/** The connection of this server, and the Stripe server that it calls. */
export interface ConnectionInfo {
  readonly connection: string;
  readonly region: string;
  readonly local: boolean;
  readonly stripe: 'sandbox' | 'test' | 'live' | 'unknown';
  readonly stripeBase?: string;
  readonly apiVersion: string;
  readonly expose: 'discovery' | 'reads' | 'all';
  readonly readOnly: boolean;
  readonly suspended: 'settings' | 'operator' | null;
  readonly health: { readonly state: string; readonly description?: string };
}

/**
 * The rate limit at this instance, and the latest requests to Stripe. The requests include calls that the limiter
 * rejected, which were not sent.
 */
export interface Activity {
  readonly atMs: number;
  readonly limit: LimitView;
  readonly transactions: readonly RequestLogEntry[];
}

/** The state of the rate limiter and of publishing at this instance. */
export interface LimiterState {
  readonly atMs: number;
  readonly limit: LimitView;
  readonly limits: Limits;
  readonly maxWaitMs: number;
  readonly suspended: 'settings' | 'operator' | null;
  readonly publishing: { readonly paused: boolean; readonly reason: string };
  readonly seconds: readonly RateSecond[];
  /** Today's requests to Stripe. A call may need several requests, or none. */
  readonly today: DayTotals;
  readonly callsToday: CallTotals;
}

export interface BurstResult {
  readonly calls: number;
  readonly passed: number;
  readonly rejected: number;
  readonly failed: number;
  readonly waitMs: number;
  readonly tookMs: number;
}

export interface DeadLetterItem {
  readonly id: string;
  readonly operationId: string;
  readonly at: string;
  readonly reason: string;
  readonly message: string;
  /** The hash of the message's content after redaction. Equal contents have equal fingerprints. */
  readonly fingerprint: string;
  readonly replayable: boolean;
  /** Why the message cannot be replayed. Null if it can be. */
  readonly notStored: string | null;
  readonly replayed: string | null;
  readonly data: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SettingDescription {
  readonly description: string;
  /** Null if the setting has no default. */
  readonly default: unknown;
  readonly required: boolean;
}

export interface EffectiveSettings {
  readonly project: string | null;
  readonly stripeBase: string | null;
  readonly apiVersion: string;
  readonly open: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly meanings: Readonly<Record<string, SettingDescription>>;
}

export interface EventPage {
  readonly events: readonly ListedEvent[];
  readonly nextPageToken: string | null;
}

export const readConnection = (): Promise<ConnectionInfo> => getJson('about');
export const readActivity = (): Promise<Activity> => getJson('activity');
export const readLimiter = (): Promise<LimiterState> => getJson('console/limiter');
export const readEffectiveSettings = (): Promise<EffectiveSettings> => getJson('console/settings');
export const readOperations = (): Promise<{ operations: readonly ListedOperation[] }> => getJson('console/operations');
export const readOperation = (id: string): Promise<ListedOperation> =>
  getJson(`console/operations/${encodeURIComponent(id)}`);
export const readDeadLetters = (): Promise<{ topic: string | null; deadLetters: readonly DeadLetterItem[] }> =>
  getJson('console/dead-letters');
export const readEvents = (query: string): Promise<EventPage> => getJson(`events${query}`);

/** Sends a command to the server, such as `suspend` or `events/evt_1/replay`. */
export async function postConsoleCommand<T>(path: string, body: object = {}): Promise<T> {
  return jsonOrThrow<T>(await postJson(`console/${path}`, body));
}

/** Sends a request to the admin API of the local sandbox. */
export async function requestSandbox<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body: object = {},
): Promise<T> {
  const address = `console/sandbox/${path}`;
  return jsonOrThrow<T>(method === 'POST' ? await postJson(address, body) : await requestServer(address, { method }));
}
