/**
 * Test files that share a process. To start a process and load the connector takes half a second, longer than most of
 * these files run. Files that start programs, or that run for long, have a process of their own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDERS = /^test\/(unit|regression)\//;
const ALONE = /^test\/unit\/project\//;

/** Few enough that the files of a group take seconds, many enough to keep all cores busy until the end. */
const FILES_IN_GROUP = 12;

/** Splits files into groups of one process each, and files alone. */
export function groupFiles(files) {
  const shared = files.filter((file) => FOLDERS.test(file) && !ALONE.test(file));
  const count = Math.ceil(shared.length / FILES_IN_GROUP);
  const groups = Array.from({ length: count }, (_, group) => shared.filter((_, index) => index % count === group));
  return { groups, alone: files.filter((file) => !shared.includes(file)) };
}

/**
 * Writes a file that runs each test file of a group in a suite of its name. Returns its path. The suites load their files
 * one after another, so that a file's hooks and top-level tests belong to its suite.
 */
export function writeGroup(folder, index, files) {
  mkdirSync(folder, { recursive: true });
  const entry = path.join(folder, `group-${index + 1}.test.ts`);
  const suites = files.map((file) => {
    const from = path.relative(folder, file);
    return `suite(${JSON.stringify(path.relative('test', file))}, () => void require(${JSON.stringify(from)}));\n`;
  });
  writeFileSync(entry, [`import { describe as suite } from 'node:test';\n`, ...suites].join(''));
  return entry;
}
