import { quoted } from '../bounds.ts';
import { invalidArgument, type FieldViolation } from '../errors.ts';
import { MAX_RFC3339_MS } from '../ports/time-units.ts';
import {
  EVENT_OUTCOMES,
  type EventInbox,
  type EventOutcome,
  type InboxEntry,
  type InboxFilter,
  type InboxPosition,
} from './store.ts';

/** Names of the conditions, in the query of a URL and in the options of a command. */
export const FILTER_NAMES = ['type', 'object', 'account', 'outcome', 'since'] as const;
const PAGE_NAMES = ['limit', 'pageToken'] as const;
/** Number of events on a page: default and maximum. */
const [DEFAULT_LIMIT, MAX_LIMIT] = [50, 500];

export interface InboxRequest {
  readonly filter: InboxFilter;
  readonly limit: number;
  readonly after?: InboxPosition | undefined;
}

export interface InboxPage {
  readonly events: readonly ListedEvent[];
  readonly nextPageToken: string | null;
}

/** An entry as responses contain it, with times in RFC 3339. */
export type ListedEvent = Omit<InboxEntry, 'createdMs' | 'receivedMs' | 'publishedMs' | 'body'> & {
  readonly created: string;
  readonly received: string;
  /** Null if the event was never published. */
  readonly published: string | null;
};

/** Parses the conditions and the page of a request. The error INVALID_INPUT lists every invalid condition. */
export function inboxRequest(given: ReadonlyMap<string, string>): InboxRequest {
  const violations: FieldViolation[] = [];
  const check = <T>(field: string, description: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = given.get(field);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) violations.push({ field, description });
    return value;
  };
  const known: readonly string[] = [...FILTER_NAMES, ...PAGE_NAMES];
  for (const name of given.keys())
    if (!known.includes(name))
      violations.push({ field: quoted(name), description: `is not supported; supported are ${known.join(', ')}` });
  const outcome = check('outcome', `one of ${EVENT_OUTCOMES.join(', ')}`, eventOutcomeOf);
  const sinceMs = check('since', 'a day, a time with its zone such as 2026-11-25T06:00:00Z, or Unix seconds', timeMsOf);
  const limit = check('limit', `an integer from 1 to ${MAX_LIMIT}`, limitOf) ?? DEFAULT_LIMIT;
  const after = check('pageToken', 'the nextPageToken of a response', positionOf);
  if (violations.length > 0) throw invalidArgument(violations);
  const [type, objectId, account] = ['type', 'object', 'account'].map((name) => given.get(name));
  return {
    filter: {
      // Entries have the type without the prefix of thin events.
      type: type?.replace(/^v1\./, ''),
      objectId,
      account,
      outcome,
      sinceMs,
    },
    limit,
    after,
  };
}

/** Returns one page of the events that arrived, the last received first. */
export async function inboxPage(inbox: EventInbox, { filter, limit, after }: InboxRequest): Promise<InboxPage> {
  const entries = await inbox.query(filter, limit + 1, after);
  const events = entries.slice(0, limit);
  const last = events.at(-1);
  return {
    events: events.map(listedEvent),
    nextPageToken: entries.length > limit && last !== undefined ? positionToken(last) : null,
  };
}

/** Returns an entry as responses contain it. */
export function listedEvent({ createdMs, receivedMs, publishedMs, body: _, ...entry }: InboxEntry): ListedEvent {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    ...entry,
    created: iso(createdMs),
    received: iso(receivedMs),
    published: publishedMs === 0 ? null : iso(publishedMs),
  };
}

function eventOutcomeOf(text: string): EventOutcome | undefined {
  return EVENT_OUTCOMES.find((outcome) => outcome === text);
}

function limitOf(text: string): number | undefined {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : undefined;
}

/**
 * A day in UTC, or a time with its zone. A time without a zone would depend on the machine.
 * https://www.rfc-editor.org/rfc/rfc3339
 */
const DATE_OR_TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Converts a day, a time with its zone, or Unix seconds to milliseconds since 1970. Undefined for any other text. */
export function timeMsOf(text: string): number | undefined {
  const ms = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : dateMs(text);
  return ms >= 0 && ms <= MAX_RFC3339_MS ? ms : undefined;
}

function dateMs(text: string): number {
  const [, day] = DATE_OR_TIME.exec(text) ?? [];
  return day !== undefined && isDay(day) ? Date.parse(text) : NaN;
}

/** Returns whether the calendar has a day. `Date.parse` alone accepts 30 February as 2 March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/** Encodes the position after an entry as a page token. */
function positionToken({ receivedMs, id }: InboxEntry): string {
  return Buffer.from(JSON.stringify([receivedMs, id])).toString('base64url');
}

/** Parses a page token. Undefined if it is invalid. */
function positionOf(token: string): InboxPosition | undefined {
  const [, receivedMs, id] =
    /^\[(\d{1,15}),"(evt_\w{1,200})"\]$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return receivedMs === undefined || id === undefined ? undefined : { receivedMs: Number(receivedMs), id };
}
