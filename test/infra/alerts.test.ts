/** Each alert watches a line that is really printed, or a metric that the platform really has. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { jsonLogger } from '../../shared/adapters/json-logger.ts';
import { OPERATOR_WARNINGS, type Severity } from '../../shared/ports/log.ts';

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

void test('each warning of OPERATOR_WARNINGS is a line that the code writes', () => {
  for (const line of OPERATOR_WARNINGS) assert.equal(severityOf(line), 'WARNING', line);
});

for (const file of ['alerts.tf', 'dashboard.tf']) {
  void test(`${file}: each metric exists, with its labels, and supports its aligner`, () => {
    const requests = 'metric.type=\\"run.googleapis.com/request_count\\"';
    const watched = [...terraform(file).matchAll(/filter += "(.*?)"[,\n][^]*?aligner += "(\w+)"/g)];
    assert.ok(watched.length >= 7);
    for (const [, filter = '', aligner = ''] of watched) {
      const whole = filter.replace('${local.requests}', requests);
      const [, metric = ''] = /metric\.type=\\"([^"\\]+)\\"/.exec(whole) ?? [];
      if (metric.startsWith('logging.googleapis.com/user/')) {
        assert.ok(PERCENTILES.includes(aligner), whole);
        continue;
      }
      const [aligners, labels] = METRICS[metric] ?? assert.fail(`there is no metric ${metric}: ${whole}`);
      assert.ok(aligners.includes(aligner), `${metric}: ${aligner}`);
      for (const [, label = ''] of whole.matchAll(/metric\.labels\.(\w+)/g)) assert.ok(labels.includes(label), label);
    }
  });
}

void test('request log lines have the fields that the metrics read', () => {
  const fields = [...terraform('dashboard.tf').matchAll(/(?:token-wait|stripe-duration) = "(\w+)"/g)];
  assert.equal(fields.length, 2);
  const [, details = ''] = /'stripe request', \{([^]*?)\n {2}\}\);/.exec(sources) ?? [];
  for (const [, field = ''] of fields) assert.match(details, new RegExp(`\\b${field}: Math`));
});
