import type { CommandContext } from '../commands/row.ts';
import { UsageError } from './exit.ts';

const DAY_MS = 86_400_000;
/** Words for the start of a day in UTC, as days before today. */
const DAY_WORDS: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };

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
    const text = context.text(name);
    return text === undefined ? [] : [`Created ${operator} ${boundary(name, text, nowMs)}`];
  });
  if (bounds.length === 0) return where;
  const conditions = where === undefined ? [] : [/\bor\b/i.test(where) ? `(${where})` : where];
  return [...conditions, ...bounds].join(' AND ');
}

/** Returns Unix seconds, or a time in quotes as a filter clause has it. A day begins at midnight UTC. */
function boundary(name: string, text: string, nowMs: number): string {
  const word = text.toLowerCase();
  const daysAgo = Object.hasOwn(DAY_WORDS, word) ? DAY_WORDS[word] : undefined;
  if (daysAgo !== undefined) return `'${new Date(nowMs - daysAgo * DAY_MS).toISOString().slice(0, 10)}'`;
  if (/^\d{1,12}$/.test(text)) return text;
  if (/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) && !Number.isNaN(Date.parse(text))) return `'${text}'`;
  throw new UsageError(
    `--${name} must be yesterday, today, a date or time such as 2026-11-25, or Unix seconds: ${text}`,
  );
}
