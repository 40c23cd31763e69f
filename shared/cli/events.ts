/**
 * `npm run events -- ...`: the events of Stripe that arrived, without their payloads.
 *   list | show --id ID | replay   with --type T, --object ID, --account A, --outcome O, --since TIME, --until TIME
 *   replay --to URL                sends them to a URL on this machine instead of the topic
 *   pause [--reason TEXT] | resume
 * A paused connection acknowledges events and holds them: they stay at Stripe, and reconcile-events publishes them after
 * `resume`.
 */
import { inboxRequest, listedEvent, timeMsOf, FILTER_NAMES } from '../event-inbox/filter.ts';
import type { InboxEntry } from '../event-inbox/store.ts';
import { ConnectorError, invalidArgument, toConnectorError } from '../errors.ts';
import { replayEvent } from '../webhooks/replay.ts';
import { command, option, sharedConnection } from './command.ts';
import { forwardTo } from './forward.ts';

/** Limits of one command. */
const MAX_SHOWN_EVENTS = 500;
const EVENTS_PER_PAGE = 500;
const MAX_REPLAYED = 100_000;

const EVENTS_USAGE =
  'npm run events -- list | show --id ID | replay (--id ID | --object ID | --since TIME | --outcome O) [--to URL] | pause | resume';

command(EVENTS_USAGE, async (args) => {
  switch (args[0]) {
    case 'list': {
      const rows = (await selected(args, MAX_SHOWN_EVENTS)).map(listRow);
      return rows.length === 0 ? 'no events' : rows.join('\n');
    }
    case 'show':
      return JSON.stringify(listedEvent(await requireEntry(option(args, 'id') ?? '')), null, 2);
    case 'replay':
      return replay(args);
    case 'pause':
    case 'resume':
      return setPaused(args[0] === 'pause', option(args, 'reason') ?? '');
    default:
      return undefined;
  }
});

async function requireEntry(id: string): Promise<InboxEntry> {
  const found = /^evt_\w{1,200}$/.test(id) ? await sharedConnection().inbox.read(id) : undefined;
  if (found?.entry !== undefined) return found.entry;
  throw new ConnectorError('NOT_FOUND', `no event ${id} arrived in the last 30 days; run list to see all`, {
    reason: 'EVENT_NOT_FOUND',
  });
}

/** Returns the entries that the options select, the last received first. */
async function selected(args: readonly string[], max: number): Promise<InboxEntry[]> {
  const given = new Map<string, string>();
  for (const name of FILTER_NAMES) {
    const value = option(args, name);
    if (value !== undefined) given.set(name, value);
  }
  const { filter } = inboxRequest(given);
  const until = option(args, 'until');
  const untilMs = until === undefined ? Infinity : timeMsOf(until);
  if (untilMs === undefined) throw invalidArgument([{ field: 'until', description: 'a time, or Unix seconds' }]);
  const { inbox } = sharedConnection();
  const entries: InboxEntry[] = [];
  for (let last: InboxEntry | undefined; entries.length < max;) {
    const page = await inbox.query(filter, Math.min(EVENTS_PER_PAGE, max), last);
    entries.push(...page.filter(({ receivedMs }) => receivedMs < untilMs));
    last = page.at(-1);
    if (last === undefined) break;
  }
  return entries.slice(0, max);
}

async function replay(args: readonly string[]): Promise<string | undefined> {
  const id = option(args, 'id');
  // Without a condition it would be everything.
  if (id === undefined && !['object', 'since', 'outcome'].some((name) => option(args, name) !== undefined))
    return undefined;
  const url = option(args, 'to');
  const forward = url === undefined ? undefined : forwardTo(url);
  const entries = id === undefined ? await selected(args, MAX_REPLAYED) : [await requireEntry(id)];
  const lines: string[] = [];
  // The first received first.
  for (const entry of entries.reverse()) {
    const outcome = await replayEvent(sharedConnection(), entry, forward).then(
      () => (url === undefined ? 'published again' : `sent to ${url}`),
      (cause: unknown) => {
        process.exitCode = 1;
        return `not replayed: ${toConnectorError(cause).message}`;
      },
    );
    lines.push(`${entry.id}  ${outcome}`);
  }
  return lines.length === 0 ? 'nothing to replay' : lines.join('\n');
}

async function setPaused(paused: boolean, reason: string): Promise<string> {
  const { inbox, clock } = sharedConnection();
  const { pausedMs } = await inbox.publishing();
  await inbox.setPublishing({ paused, pausedMs: paused ? clock.epochMs() : pausedMs, reason });
  return paused
    ? 'paused: events are acknowledged and held; Stripe keeps them for 30 days'
    : 'resumed: the next run of reconcile-events publishes what was held';
}

function listRow(entry: InboxEntry): string {
  const { id, type, account, objectId, received, outcome, reason, attempts, via, family } = listedEvent(entry);
  const result = reason === '' ? outcome : `${outcome} (${reason})`;
  return [received, id, type, objectId, account, family, via, `${attempts}x`, result].filter(Boolean).join('  ');
}
