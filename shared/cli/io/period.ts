import { timeMsOf } from '../../event-inbox/filter.ts';
import type { CommandContext } from '../commands/definition.ts';
import { UsageError } from './exit.ts';

const DAY_MS = 86_400_000;
/** Words for the start of a day in UTC, as days before today. */
const DAY_WORDS: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };
/** `1h`, `30 minutes`, `2 days ago`. Months have no fixed length. */
const RELATIVE_TIME = /^(\d{1,6}) ?([smhdw]|seconds?|minutes?|hours?|days?|weeks?)(?: ago)?$/i;
/** Seconds of a unit, by its first letter. */
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Returns the clause of `--where` with the conditions of `--since` and `--until` on the column Created. Undefined
 * without any of them.
 */
export function whereClause(context: Pick<CommandContext, 'text'>, nowMs: number): string | undefined {
  const where = context.text('where');
  const bounds = (
    [
      ['since', '>='],
      ['until', '<'],
    ] as const
  ).flatMap(([name, operator]) => {
    const time = timeOption(context, name, nowMs);
    return time === undefined ? [] : [`Created ${operator} ${/^\d{1,12}$/.test(time) ? time : `'${time}'`}`];
  });
  if (bounds.length === 0) return where;
  const conditions = where === undefined ? [] : [/\bor\b/i.test(where) ? `(${where})` : where];
  return [...conditions, ...bounds].join(' AND ');
}

/**
 * Throws UsageError for a relative time such as `--since 1h`. An export is continued by a repeat of the command, and a
 * relative time would then select other rows.
 */
export function rejectRelativeTime(context: Pick<CommandContext, 'text'>): void {
  for (const name of ['since', 'until']) {
    const text = context.text(name);
    if (text !== undefined && RELATIVE_TIME.test(text))
      throw new UsageError(
        `--${name} ${text} is another time when the command is repeated to continue; write a time such as 2026-11-25T06:00:00Z`,
      );
  }
}

/**
 * Converts an option to one of three forms: Unix seconds, a day, or a time with its zone. A day begins at midnight UTC.
 * Returns undefined if the option is not set.
 */
export function timeOption(context: Pick<CommandContext, 'text'>, name: string, nowMs: number): string | undefined {
  const text = context.text(name);
  if (text === undefined) return undefined;
  const word = text.toLowerCase();
  const daysAgo = Object.hasOwn(DAY_WORDS, word) ? DAY_WORDS[word] : undefined;
  if (daysAgo !== undefined) return new Date(nowMs - daysAgo * DAY_MS).toISOString().slice(0, 10);
  const [, count, unit = ''] = RELATIVE_TIME.exec(text) ?? [];
  if (count !== undefined)
    return String(Math.floor(nowMs / 1000) - Number(count) * (UNIT_SECONDS[unit.charAt(0).toLowerCase()] ?? 0));
  const time = /^\d{4}-\d\d$/.test(text) ? `${text}-01` : text;
  if (timeMsOf(time) !== undefined) return time;
  throw new UsageError(
    `--${name} must be today, yesterday, a time before now such as 1h or 2d, a month, day or time such as 2026-11, 2026-11-25 or 2026-11-25T06:00:00Z, or Unix seconds: ${text}`,
  );
}
