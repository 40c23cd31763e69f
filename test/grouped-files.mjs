/**
 * Test files that share a process. To start a process and load the connector takes half a second, longer than most of
 * these files run. Files that start programs, or that run for long, have a process of their own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Folders whose files share processes, and how many a process takes: few enough that it takes seconds, many enough to
 * keep all cores busy until the end.
 */
const SHARED = [
  { name: 'unit', files: /^test\/(unit|regression)\/(?!project\/)/, most: 12 },
  { name: 'sandbox', files: /^test\/sandbox\//, most: 15 },
  {
    name: 'in-process',
    files: new RegExp(
      '^test/(functions/(agent-search|client-retries|descriptions|openapi-rules)|' +
        'infra/(alerts|collection-groups|event-indexes|preflight|preflight-plan|preflight-requirements))\\.test',
    ),
    most: 10,
  },
  {
    name: 'contract',
    files: /^test\/contract\/(firestore-operation|memory-|odd-answers|secret-manager|stripe-sdk)/,
    most: 8,
  },
  {
    name: 'functions',
    files: new RegExp(
      '^test/functions/(client|closed|completion|discovery|export-lock|exposed|files|folder|golden|google-bundle|' +
        'local|local-key|local-sandbox|log|once|operations|runtime-api|sandbox-samples|secret|shapes|single-service|' +
        'start|tools)\\.test',
    ),
    most: 4,
  },
  {
    name: 'infra',
    files: new RegExp(
      '^test/infra/(enterprise-plan|first-payment|graph|module-pages|module-releases|npm-scripts|package|' +
        'pipeline-runs|pipelines|preflight-examples|provider-versions|publish-integration|rate|traffic|two-runs)\\.test',
    ),
    most: 4,
  },
  { name: 'property', files: /^test\/property\//, most: 8 },
];

/** At their whole sizes the properties take minutes each: then they have processes of their own. */
const LONG_WHEN_FULL = ['property'];

/** Splits files into groups of one process each, and files alone. */
export function groupFiles(files, full) {
  const groups = SHARED.filter(({ name }) => !full || !LONG_WHEN_FULL.includes(name)).flatMap((shared) => {
    const members = files.filter((file) => shared.files.test(file));
    const count = Math.ceil(members.length / shared.most);
    return Array.from({ length: count }, (_, group) => ({
      name: `${shared.name}-${group + 1}`,
      files: members.filter((_, index) => index % count === group),
    }));
  });
  const grouped = new Set(groups.flatMap((group) => group.files));
  return { groups, alone: files.filter((file) => !grouped.has(file)) };
}

/**
 * Writes a file that runs each test file of a group in a suite of its name. Returns its path. The suites load their files
 * one after another, so that a file's hooks and top-level tests belong to its suite. A module that several files import
 * is loaded once: its hooks would belong to the first suite alone, so it has none.
 */
export function writeGroup(folder, { name, files }) {
  mkdirSync(folder, { recursive: true });
  const entry = path.join(folder, `${name}.test.ts`);
  const suites = files.map((file) => {
    const from = path.relative(folder, file);
    return `suite(${JSON.stringify(path.relative('test', file))}, () => void require(${JSON.stringify(from)}));\n`;
  });
  writeFileSync(entry, [`import { describe as suite } from 'node:test';\n`, ...suites].join(''));
  return entry;
}
