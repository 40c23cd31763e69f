/** The lines of the start that say what the settings allow and where events go. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describePolicy } from '../../shared/stripe/write-policy/describe-policy.ts';
import { describeEvents } from '../../shared/webhooks/describe-events.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { plainLimit, writeLimitNames, writePolicySettings } from '../../shared/config/settings/write-policy.ts';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { checkCatalogNames } from '../../shared/cli/check-names.ts';
import { describeKey, keyStatusOf, type KeyStatus } from '../../shared/management/key-status.ts';
import { SETTINGS_VALUES } from '../fixtures/settings-values.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const BASE = { name: 'shop', region: 'europe-west1' };

for (const [settings, line] of [
  [{}, 'none, every amount and currency is allowed'],
  [{ read_only: true, max_amounts: { usd: 5 } }, 'no writes (read_only)'],
  [
    { max_amounts: { usd: 5000, eur: 4000 }, allowed_currencies: ['usd', 'eur'] },
    'amounts up to usd 5000, eur 4000 (max_amounts); currencies usd, eur (allowed_currencies)',
  ],
  [
    { max_amounts: { usd: 5000 }, allow_unbounded: ['Refund.Create'] },
    'amounts up to usd 5000 (max_amounts); without a named amount only Refund.Create (allow_unbounded)',
  ],
  [
    { operations_allowlist: ['List', 'Get', 'Refund.Create', 'PayInvoice', 'VoidInvoice', 'CapturePaymentIntent'] },
    'List, Get, Refund.Create, PayInvoice, VoidInvoice and 1 more only (operations_allowlist)',
  ],
  [{ operations_allowlist: [] }, 'no operation only (operations_allowlist)'],
] as const)
  test(`the write policy of ${JSON.stringify(settings)}`, () =>
    assert.equal(describePolicy(parseSettings({ ...BASE, ...settings })), `write policy: ${line}`));

test('every setting of the policy limits writes, once; a plain one says its name and its value', () => {
  assert.deepEqual(['read_only', ...writeLimitNames()].sort(), Object.keys(writePolicySettings()).sort());
  for (const [name, value, line] of [
    ['allowed_payment_method_types', ['card', 'sepa_debit'], 'payment method types card, sepa_debit'],
    ['allowed_payment_method_types', [], 'payment method types none'],
    ['blocked_prices', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'blocked prices a, b, c, d, e and 2 more'],
    ['max_rows', 5, 'max rows 5'],
    ['require_metadata', true, 'require metadata'],
    ['require_metadata', false, undefined],
    ['blocked_prices', undefined, undefined],
  ] as const)
    assert.equal(plainLimit(name, value), line);
});

for (const name of writeLimitNames())
  test(`${name} is named in the policy, on the pages about it, and by the check if read_only makes it useless`, () => {
    const value = SETTINGS_VALUES.find(({ settings, says, type }) => {
      const written = settings[name];
      const isEmpty = Array.isArray(written) && written.length === 0;
      return written !== undefined && !isEmpty && says === undefined && type === undefined;
    });
    const settings = { ...BASE, max_amounts: { usd: 5 }, ...value?.settings };
    assert.match(describePolicy(parseSettings(settings)), new RegExp(`\\(${name}\\)`));
    const { warnings } = checkCatalogNames(
      JSON.stringify({ ...settings, read_only: true }),
      catalogFiles('shared/catalog'),
    );
    assert.ok(warnings.includes(`${name} has no effect: read_only rejects every write`), warnings.join('\n'));
    for (const page of ['functions/README.md', 'shared/docs/how-to/restrict-callers.md', 'shared/docs/glossary.md'])
      assert.ok(readFileSync(page, 'utf8').includes(`\`${name}\``), `${page} does not name ${name}`);
  });

test('events go to the topic, to the log, or are rejected', () => {
  const topic = { eventsTopic: 'projects/p/topics/t' };
  assert.equal(describeEvents(topic, true), 'events: published to projects/p/topics/t');
  assert.match(describeEvents(topic, false), /kept in the inbox; nothing is published/);
  assert.match(describeEvents({ eventsTopic: undefined }, true), /rejected, because events_topic is not set/);
});

for (const [status, line] of [
  [
    { ending: '7788', mode: 'live', state: 'accepted', description: null },
    'key: ...7788 (live key), accepted by Stripe',
  ],
  [{ ending: null, mode: null, state: 'rejected', description: 'why' }, 'key: REJECTED by Stripe: why'],
  [
    { ending: '7788', mode: 'test', state: 'not checked', description: 'why' },
    'key: ...7788 (test key), not checked: why',
  ],
] as const satisfies readonly (readonly [KeyStatus, string])[])
  test(line, () => assert.equal(describeKey(status), line));

test('the command of an operator neither reads the key nor calls Stripe', async () => {
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})), open: false });
  const apiKey = (): Promise<string> => Promise.reject(new Error('read'));
  const status = await keyStatusOf({ ...connector, onOwnMachine: true, apiKey });
  assert.deepEqual([status.ending, status.state], [null, 'not checked']);
});
