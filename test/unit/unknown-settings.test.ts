/** An unknown setting is reported with a suggestion, not with the list of all settings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingDefinitions } from '../../shared/config/settings-schema.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { isConnectorError } from '../../shared/errors.ts';

for (const [written, meant] of [
  ['verbosty', 'verbosity'],
  ['max_amount', 'max_amounts'],
  ['tool_allowlist', 'tools_allowlist'],
  ['qqqqqqqq', undefined],
] as const)
  test(`the setting ${written} is unknown; ${meant ?? 'nothing'} is suggested`, () => {
    const error = caught(() => parseSettings({ name: 'a', region: 'b1', [written]: '1' }));
    const [told, ...others] = error.message
      .split(';')
      .filter((part) => part.includes(written) || /did you mean/.test(part));
    assert.match(String(told), /is not a setting/);
    assert.deepEqual(others.join(), meant === undefined ? '' : ` did you mean ${meant}?`);
    const named = settingDefinitions().filter(({ name }) => name !== written && error.message.includes(` ${name}?`));
    assert.ok(named.length <= 1, error.message);
  });

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (isConnectorError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
