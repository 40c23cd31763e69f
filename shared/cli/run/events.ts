import { FILTER_NAMES, timeMsOf, type InboxPage, type ListedEvent } from '../../event-inbox/filter.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { toCommandError, UsageError } from '../io/exit.ts';
import { formatColumns, formatPairs } from '../io/print.ts';
import { countOption } from '../io/count-option.ts';
import { timeOption } from '../io/period.ts';

const DEFAULT_EVENT_LIMIT = 100;
/** The maximum that the admin method `events.list` returns. */
const EVENTS_PER_REQUEST = 500;
const MAX_REPLAYED = 100_000;
/** Options that select events. A replay without an id requires one of them, else it would replay every event. */
const REPLAY_CONDITIONS = ['type', 'object', 'since', 'outcome'];

/** `events list` */
export async function listEvents(context: CommandContext): Promise<CommandResult> {
  const { events, publishes } = await selectedEvents(context, countOption(context, 'limit', DEFAULT_EVENT_LIMIT));
  const shown = (outcome: string): string =>
    outcome === 'published' && !publishes ? 'published (local: no Pub/Sub)' : outcome;
  const rows = events.map(({ received, id, type, objectId, account, family, via, attempts, outcome, reason }) => [
    received,
    id,
    type,
    objectId,
    account,
    `${family} ${via} ${attempts}x`,
    reason === '' ? shown(outcome) : `${outcome} (${reason})`,
  ]);
  const head = ['received', 'id', 'type', 'object', 'account', 'arrival', 'outcome'];
  return { value: { events }, text: rows.length === 0 ? 'no events' : formatColumns([head, ...rows]) };
}

/** `events show ID` */
export async function showEvent({ admin, args }: CommandContext): Promise<CommandResult> {
  const event = await admin('events.show', { id: args[0] });
  return { value: event, text: formatPairs(event) };
}

/** `events replay`: replays in the order of arrival. */
export async function replayEvents(context: CommandContext): Promise<CommandResult> {
  const { admin, args, progress } = context;
  const [id] = args;
  if (id === undefined && !REPLAY_CONDITIONS.some((name) => context.text(name) !== undefined))
    throw new UsageError(
      'name an id, or --type, --object, --since or --outcome; without one of these every event would be replayed',
    );
  const to = context.text('to');
  const ids = id === undefined ? await idsToReplay(context) : [id];
  const replayed: { readonly id: string; readonly outcome: string; readonly failed: boolean }[] = [];
  for (const eventId of ids) {
    progress.show(`${replayed.length} of ${ids.length} events`);
    try {
      const { outcome } = await admin('events.replay', { id: eventId, to });
      replayed.push({ id: eventId, outcome: String(outcome), failed: false });
    } catch (cause) {
      // If the user named one event, its failure is the failure of the command.
      if (id !== undefined) throw cause;
      replayed.push({ id: eventId, outcome: `not replayed: ${toCommandError(cause).message}`, failed: true });
    }
  }
  const text =
    replayed.length === 0 ? 'nothing to replay' : formatColumns(replayed.map((event) => [event.id, event.outcome]));
  return { value: { replayed }, text, failed: replayed.some(({ failed }) => failed) };
}

/**
 * Returns the ids of the events to replay, in the order of arrival. Events that the settings ignored are left out,
 * unless `--outcome` selects them.
 */
async function idsToReplay(context: CommandContext): Promise<string[]> {
  const { events } = await selectedEvents(context, MAX_REPLAYED + 1);
  if (events.length > MAX_REPLAYED)
    throw new UsageError(
      `more than ${MAX_REPLAYED} events match; replay shorter periods one after another, with --since and --until`,
    );
  // The settings may have changed since the event was ignored, so a user may select ignored events by their outcome.
  const isReplayed = ({ outcome }: ListedEvent): boolean =>
    context.text('outcome') !== undefined || !outcome.startsWith('ignored_');
  return events
    .filter(isReplayed)
    .map(({ id }) => id)
    .reverse();
}

/** `events pause` */
export async function pauseEvents(context: CommandContext): Promise<CommandResult> {
  const reason = context.text('reason');
  const value = await context.admin('events.pause', { reason });
  return {
    value,
    text: 'paused: events are acknowledged and not published; resume within 30 days, because Stripe keeps events no longer',
  };
}

/** `events resume` */
export async function resumeEvents({ admin }: CommandContext): Promise<CommandResult> {
  const value = await admin('events.resume', {});
  return { value, text: 'resumed: the next run of reconcile-events publishes what was held' };
}

interface SelectedEvents {
  readonly events: readonly ListedEvent[];
  /** False if the server has no Pub/Sub. It then writes published events to its log. */
  readonly publishes: boolean;
}

/** Returns the events that the options select, the newest first. */
async function selectedEvents(context: CommandContext, max: number): Promise<SelectedEvents> {
  const nowMs = Date.now();
  const filters = FILTER_NAMES.flatMap((name) => {
    const value = name === 'since' ? timeOption(context, name, nowMs) : context.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const until = timeOption(context, 'until', nowMs);
  const untilMs = (until === undefined ? undefined : timeMsOf(until)) ?? Infinity;
  const events: ListedEvent[] = [];
  let pageToken: string | null = null;
  let publishes = true;
  do {
    const page = (await context.admin('events.list', {
      ...Object.fromEntries(filters),
      pageToken: pageToken === null ? undefined : pageToken,
      limit: Math.min(EVENTS_PER_REQUEST, max),
    })) as unknown as InboxPage & Pick<SelectedEvents, 'publishes'>;
    events.push(...page.events.filter(({ received }) => Date.parse(received) < untilMs));
    pageToken = page.nextPageToken;
    ({ publishes } = page);
    context.progress.show(`${events.length} ${events.length === 1 ? 'event' : 'events'} found`);
  } while (pageToken !== null && events.length < max);
  return { events: events.slice(0, max), publishes };
}
