/** Each alert and each chart watches a line that is really printed, or a metric that the platform really has. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { jsonLogger } from '../../shared/adapters/json-logger.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { OPERATOR_WARNINGS, SUMMARY_LINE, type LogFields, type Severity } from '../../shared/ports/log.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { createTestApp } from '../support/test-app.ts';

/**
 * Metrics by kind and labels, as https://docs.cloud.google.com/monitoring/api/metrics_gcp lists them, with the aligners
 * that their kind takes: https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Aligner
 */
const DELTA = ['ALIGN_DELTA', 'ALIGN_RATE'];
const PERCENTILES = ['ALIGN_PERCENTILE_99', 'ALIGN_PERCENTILE_95', 'ALIGN_PERCENTILE_50'];
const METRICS: Readonly<Record<string, readonly [aligners: readonly string[], labels: readonly string[]]>> = {
  'run.googleapis.com/request_count': [DELTA, ['response_code', 'response_code_class']],
  'run.googleapis.com/request_latencies': [PERCENTILES, ['response_code', 'response_code_class']],
  'run.googleapis.com/container/instance_count': [['ALIGN_MAX'], ['state']],
  'pubsub.googleapis.com/subscription/num_undelivered_messages': [['ALIGN_MAX'], []],
  'pubsub.googleapis.com/subscription/oldest_unacked_message_age': [['ALIGN_MAX'], []],
  'pubsub.googleapis.com/subscription/dead_letter_message_count': [DELTA, []],
  'pubsub.googleapis.com/topic/send_request_count': [DELTA, ['response_class', 'response_code']],
  'firestore.googleapis.com/document/write_count': [DELTA, ['module', 'version', 'op']],
  'firestore.googleapis.com/document/read_count': [DELTA, ['module', 'version', 'type']],
};

const terraform = (file: string): string => readFileSync(`infra/connection/${file}`, 'utf8');
const sources = readdirSync('shared', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join('shared', name), 'utf8'))
  .join('\n');

/** The severity of the line that the code writes; undefined if it writes none. */
function severityOf(line: string): Severity | undefined {
  const quoted = [`'${line}'`, `"${line}"`].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const match = new RegExp(`write\\(\\s*'(\\w+)',\\s*(?:${quoted})`).exec(sources);
  return match?.[1] as Severity | undefined;
}

/** `"a", "b"` of a list in Terraform. */
const listOf = (text: string): string[] => [...text.matchAll(/"([^"]*)"/g)].map(([, entry = '']) => entry);

const lines = [...terraform('log-alerts.tf').matchAll(/lines += \[(.*)\]/g)].flatMap(([, list = '']) => listOf(list));

void test('has log lines to watch', () => assert.ok(lines.length >= 6, lines.join(', ')));

for (const line of lines.filter((text) => text !== 'compile cache')) {
  void test(`is written and printed at verbosity 1: ${line}`, () => {
    const severity = severityOf(line);
    assert.ok(severity !== undefined, 'no code writes it');
    const printed: string[] = [];
    jsonLogger({ verbosity: '1', print: (text) => void printed.push(text) }).write(severity, line, {});
    assert.deepEqual(
      printed.map((text) => (JSON.parse(text) as { message: string }).message),
      [line],
    );
  });
}

void test('the state of the compile cache is printed at each start, outside of the verbosity', () => {
  const boot = readFileSync('shared/boot/index.ts', 'utf8');
  assert.match(boot, /message: 'compile cache', state: compileCacheState/);
  assert.match(terraform('log-alerts.tf'), /jsonPayload\.state=\\"miss\\"/);
  assert.match(readFileSync('shared/boot/compile-cache.ts', 'utf8'), /'miss'/);
});

void test('the setting and the pages say what verbosity 1 prints: errors, operator warnings, the line of counts', () => {
  const printed: string[] = [];
  const log = jsonLogger({ verbosity: '1', print: (text) => void printed.push(text) });
  for (const severity of ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const)
    for (const line of ['any', ...OPERATOR_WARNINGS, SUMMARY_LINE]) log.write(severity, line, {});
  const unprompted = printed.map((text) => JSON.parse(text) as { severity: Severity; message: string });
  assert.deepEqual(
    new Set(unprompted.filter(({ severity }) => severity !== 'ERROR').map(({ message }) => message)),
    new Set([...OPERATOR_WARNINGS, SUMMARY_LINE]),
  );
  for (const [file, said] of [
    ['infra/connection/settings.tf', /1 errors, operator warnings and a line of counts a minute; 2 adds /],
    ['shared/config/README.md', /`verbosity` 1 writes errors, the few warnings [^;]*, and one line a minute with/],
    ['shared/docs/faq.md', /at `verbosity` 1 errors, operator warnings, counts/],
  ] as const)
    assert.match(readFileSync(file, 'utf8').replaceAll(/\s+/g, ' '), said, file);
});

void test('each warning of OPERATOR_WARNINGS is a line that the code writes', () => {
  for (const line of OPERATOR_WARNINGS) assert.equal(severityOf(line), 'WARNING', line);
});

/** Checks that a filter watches a metric that exists, with its labels, and that the metric supports the aligner. */
function checkMetric(filter: string, aligner: string): void {
  const [, metric = ''] = /metric\.type=\\"([^"\\]+)\\"/.exec(filter) ?? [];
  const [aligners, labels] = METRICS[metric] ?? assert.fail(`there is no metric ${metric}: ${filter}`);
  assert.ok(aligners.includes(aligner), `${metric}: ${aligner}`);
  for (const [, label = ''] of filter.matchAll(/metric\.labels\.(\w+)/g)) assert.ok(labels.includes(label), label);
}

const REQUESTS = 'metric.type=\\"run.googleapis.com/request_count\\"';

void test('alerts.tf: each metric exists, with its labels, and supports its aligner', () => {
  const watched = [...terraform('alerts.tf').matchAll(/filter += "(.*?)"\n[^]*?aligner += "(\w+)"/g)];
  assert.ok(watched.length >= 7);
  for (const [, filter = '', aligner = ''] of watched)
    checkMetric(filter.replace('${local.requests}', REQUESTS), aligner);
});

const dashboard = terraform('dashboard.tf');
/** `sent = { field = "sent" ...` */
const fields = new Map(
  [...dashboard.matchAll(/^ +([\w-]+) += \{ field = "(\w+)"/gm)].map(([, metric = '', field = '']) => [metric, field]),
);
const charts = [
  ...dashboard.matchAll(/^ +\{ on = .*title = "([^"]*)", promql = (.*?), filter = (.*?), aligner = "(\w+)"/gm),
];

void test('the charts show what an operator asks for', () => {
  const titles = charts.map(([, title = '']) => title).join('\n');
  for (const subject of [
    /by function and code/,
    /Added latency/,
    /Rate used/,
    /Waiting for the rate limit/,
    /Firestore/,
  ])
    assert.match(titles, subject);
});

for (const [, title = '', promql = '', filter = '', aligner = ''] of charts)
  void test(`the chart "${title}" has a metric that is written`, () => {
    const [, own] = /local\.of_summary\["([\w-]+)"\]/.exec(filter) ?? [];
    if (own !== undefined) {
      assert.ok(fields.has(own), own);
      assert.ok(PERCENTILES.includes(aligner), aligner);
    } else if (filter === '""') {
      assert.match(promql, /local\.sent_per_second/);
      assert.ok(fields.has('sent'));
    } else checkMetric(filter.replace('local.requests', REQUESTS).replace('${local.requests}', REQUESTS), aligner);
  });

void test('at verbosity 1 an instance prints each field that the metrics read, once a minute', async () => {
  let shiftMs = 0;
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + shiftMs };
  const app = createTestApp({ clock, stripe: fakeStripe(() => ({ body: { id: 'cus_1', object: 'customer' } })) });
  const read = { entity: 'Customer', entityId: 'cus_1' };
  await app.post('/get-entity', read);
  const lines = (): string[] => {
    const printed: string[] = [];
    const log = jsonLogger({ verbosity: '1', print: (text) => void printed.push(text) });
    for (const { severity, message, facts } of app.connector.logged)
      log.write(severity as Severity, message, facts as LogFields);
    return printed.filter((text) => text.includes(SUMMARY_LINE));
  };
  assert.deepEqual(lines(), [], 'not for each request');
  shiftMs = 61_000;
  await app.post('/get-entity', read);
  const [line = '{}', ...others] = lines();
  assert.equal(others.length, 0);
  const printed = JSON.parse(line) as Record<string, unknown>;
  assert.equal(printed['message'], 'requests of a minute');
  assert.ok(dashboard.includes('jsonPayload.message=\\"requests of a minute\\"'));
  assert.equal(fields.size, 4);
  for (const field of fields.values()) assert.equal(typeof printed[field], 'number', `${field}: ${line}`);
  assert.equal(printed['sent'], 2);
  assert.equal(printed['calls'], 2);
});
