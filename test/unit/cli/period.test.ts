/** `--since` and `--until` of list and export: conditions on Created, in UTC. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectRelativeTime, whereClause } from '../../../shared/cli/io/period.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 23, 59);

function clauseOf(options: Readonly<Record<string, string>>): string | undefined {
  return whereClause({ text: (name) => options[name] }, NOW_MS);
}

for (const [sentence, options, clause] of [
  ['no option is no clause', {}, undefined],
  ['--where alone stays as it is', { where: "A = 1 OR B = 'x'" }, "A = 1 OR B = 'x'"],
  [
    'yesterday ends where today begins',
    { since: 'yesterday', until: 'Today' },
    "Created >= '2026-11-26' AND Created < '2026-11-27'",
  ],
  ['a time and Unix seconds', { since: '2026-11-25T06:00:00+01:00' }, "Created >= '2026-11-25T06:00:00+01:00'"],
  ['Unix seconds have no quotes', { until: '1795812476' }, 'Created < 1795812476'],
  ['a clause comes first', { where: 'A = 1', since: '2026-01-31' }, "A = 1 AND Created >= '2026-01-31'"],
  ['a month begins with its first day', { since: '2026-11' }, "Created >= '2026-11-01'"],
  ['an hour before now', { since: '1h' }, `Created >= ${NOW_MS / 1000 - 3600}`],
  [
    'words and days before now',
    { since: '2 days ago', until: '30 Minutes' },
    `Created >= ${NOW_MS / 1000 - 172_800} AND Created < ${NOW_MS / 1000 - 1800}`,
  ],
  ['OR is enclosed', { where: 'A = 1 or B = 2', until: '9' }, '(A = 1 or B = 2) AND Created < 9'],
] as const)
  test(sentence, () => assert.equal(clauseOf(options), clause));

for (const text of [
  '',
  'tomorrow',
  "2026-01-01'",
  '2026-13-01',
  '2026-02-30',
  '2026-1-1',
  '2026-13',
  'constructor',
  '2026-01-01T06:00',
  '1 month',
  '-1h',
  'h',
])
  test(`${JSON.stringify(text)} is no time`, () =>
    assert.throws(() => clauseOf({ since: text }), /--since must be today, yesterday, a time before now/));

test('an export takes no time that moves, because its command is repeated to continue', () => {
  const check = (options: Readonly<Record<string, string>>) => (): void =>
    rejectRelativeTime({ text: (name) => options[name] });
  assert.throws(check({ until: '1h' }), /--until 1h is another time when the command is repeated/);
  assert.doesNotThrow(check({ since: 'yesterday', until: '2026-11-25T06:00:00Z' }));
});
