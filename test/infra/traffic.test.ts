/** infra/traffic.sh with a stand-in of gcloud that keeps the split of each service in a file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';

/**
 * The JSON of a service as `gcloud run services describe` prints it:
 * https://docs.cloud.google.com/run/docs/reference/rest/v1/namespaces.services#ServiceStatus
 */
const GCLOUD = `#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$FAKE/calls"
case "$*" in
  *' describe '*'value(status.latestReadyRevisionName)'*) echo "$4-00002-new" ;;
  *' describe '*) cat "$FAKE/service.json" ;;
  *update-traffic*) : ;;
  *) exit 9 ;;
esac
`;

void describe('infra/traffic.sh', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'stripe-connector-traffic-'));
    writeFileSync(path.join(folder, 'gcloud'), GCLOUD);
    chmodSync(path.join(folder, 'gcloud'), 0o755);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => rmSync(path.join(folder, 'calls'), { force: true }));

  const split = (traffic: Readonly<Record<string, number>>): void => {
    const entries = Object.entries(traffic).map(([revisionName, percent]) => ({ revisionName, percent }));
    writeFileSync(path.join(folder, 'service.json'), JSON.stringify({ status: { traffic: entries } }));
  };
  const run = (...args: string[]): { status: number | null; text: string; updates: string[] } => {
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, FAKE: folder };
    const { status, stdout, stderr } = spawnSync('bash', ['infra/traffic.sh', ...args], { encoding: 'utf8', env });
    const calls = status === 2 ? [] : readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n');
    return { status, text: stdout + stderr, updates: calls.filter((call) => call.includes('update-traffic')) };
  };
  const at = (...args: string[]): string[] => ['shop-prod', 'europe-west1', ...args];

  for (const [percent, revisions] of [
    ['10', 's-00002-new=10,s-00001-old=90'],
    ['100', 's-00002-new=100'],
    ['0', 's-00001-old=100'],
  ] as const)
    void test(`${percent} percent of the latest revision`, () => {
      split({ 's-00001-old': 95, 's-00002-new': 5 });
      const { status, text, updates } = run(...at(percent, 's'));
      assert.equal(status, 0, text);
      assert.deepEqual(updates, [
        `run services update-traffic s --to-revisions ${revisions} --quiet --project shop-prod --region europe-west1`,
      ]);
    });

  void test('the revision that serves most shares with the latest', () => {
    split({ 's-00000-older': 20, 's-00001-old': 80 });
    assert.match(run(...at('50', 's')).updates.join(), /s-00002-new=50,s-00001-old=50/);
  });

  void test('a service whose latest revision has all traffic is left alone, or named', () => {
    split({ 's-00002-new': 100 });
    const done = run(...at('100', 's'));
    assert.deepEqual([done.status, done.updates], [0, []], done.text);
    for (const percent of ['0', '10']) {
      const { status, text, updates } = run(...at(percent, 's'));
      assert.deepEqual([status, updates], [1, []]);
      assert.match(text, /no revision to share it with\. Run pin, then deploy with hold_traffic = true/);
    }
  });

  // Otherwise the service routes to LATEST, and a new revision gets everything.
  void test('pins a service to its latest revision before a canary', () => {
    split({ 's-00002-new': 100 });
    const { status, text, updates } = run(...at('pin', 's', 't'));
    assert.equal(status, 0, text);
    assert.deepEqual(
      updates.map((update) => /update-traffic (\S+) --to-revisions (\S+)/.exec(update)?.slice(1)),
      [
        ['s', 's-00002-new=100'],
        ['t', 't-00002-new=100'],
      ],
    );
  });

  void test('shows the split and changes nothing', () => {
    split({ 's-00001-old': 90, 's-00002-new': 10 });
    const { status, text, updates } = run(...at('show', 's'));
    assert.deepEqual([status, updates], [0, []]);
    assert.match(text, /^s {2}s-00001-old 90\ns {2}s-00002-new 10$/m);
  });

  for (const args of [[], at(), at('10'), at('101', 's'), at('-1', 's'), at('ten', 's')])
    void test(`explains itself for ${JSON.stringify(args)}`, () => {
      const { status, text } = run(...args);
      assert.equal(status, 2);
      assert.match(text, /infra\/traffic\.sh PROJECT REGION pin SERVICE[^]*PERCENT SERVICE/);
    });
});
