/** The README of each module has the inputs and outputs that the module has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

void describe('the pages of the modules', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'stripe-connector-modules-'));
    cpSync('infra', folder, { recursive: true, filter: (from) => !from.includes('.terraform') });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const check = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, ['infra/module-pages.mjs', '--check', ...args], { encoding: 'utf8' });
  /** What the check says after an edit of a copy. */
  const afterEdit = (file: string, right: string, wrong: string): string => {
    const target = path.join(folder, file);
    const text = readFileSync(target, 'utf8');
    assert.ok(text.includes(right), right);
    writeFileSync(target, text.replace(right, wrong));
    const { stderr } = check(folder);
    writeFileSync(target, text);
    return stderr;
  };

  void test('match the modules, and each input and output has a description', () => {
    const { status, stderr } = check();
    assert.equal(status, 0, stderr);
  });

  void test('detects a new default, a new variable and a removed output', () => {
    const outdated = /^connection: run node infra\/module-pages\.mjs$/m;
    assert.match(afterEdit('connection/variables.tf', '"*/10 * * * *"', '"*/5 * * * *"'), outdated);
    assert.match(afterEdit('connection/variables.tf', 'variable "ingress"', 'variable "ingresses"'), outdated);
    assert.match(afterEdit('connection/outputs.tf', 'output "urls"', 'output "addresses"'), outdated);
  });

  void test('have the default of a list, an object and a text', () => {
    const page = readFileSync('infra/connection/README.md', 'utf8').replace(/ +/g, ' ');
    assert.match(page, /\| `alert_emails` \| [^|]* \| `list\(string\)` \| `\[\]` \|/);
    assert.match(page, /\| `alert_thresholds` \| [^|]* \| `object\(\.\.\.\)` \| `\{\}` \|/);
    assert.match(page, /\| `project` \| [^|]* \| `string` \| required \|/);
  });

  void test('the page of enterprise creates each service agent that gets the key', () => {
    // https://docs.cloud.google.com/iam/docs/service-agents
    const identityOf = (service: string): string =>
      `gcloud beta services identity create --service=${service}.googleapis.com`;
    const created: Readonly<Record<string, string>> = {
      'gs-project-accounts': 'gcloud storage service-agent',
      'gcp-sa-artifactregistry': identityOf('artifactregistry'),
      'gcf-admin-robot': identityOf('cloudfunctions'),
      'serverless-robot-prod': identityOf('run'),
      'gcp-sa-pubsub': identityOf('pubsub'),
      'gcp-sa-firestore': identityOf('firestore'),
    };
    const [, list = ''] = /agents = \[(.*)\]/.exec(readFileSync('infra/project/encryption.tf', 'utf8')) ?? [];
    const agents = [...list.matchAll(/"([^"]+)"/g)].map(([, agent = '']) => agent);
    assert.deepEqual(agents.sort(), Object.keys(created).sort());
    const lines = readFileSync('infra/examples/enterprise/README.md', 'utf8').split('\n');
    for (const command of Object.values(created)) assert.ok(lines.includes(command), command);
  });
});
