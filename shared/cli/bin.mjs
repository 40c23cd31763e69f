#!/usr/bin/env node
/**
 * The command `stripe-connector` in a checkout: builds it if its sources changed, and runs it. The npm package
 * contains only the built command.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCurrent } from '../../infra/bundles/stamp.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const local = path.join(root, 'build/local');

/** Runs a build whose output goes to stderr, because stdout is for the output of the command. */
function build(args, what) {
  process.stderr.write(`building ${what} ...\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

const wantsHelp = process.argv.some((word) => word === '--help' || word === '-h');
const isPackage = process.argv[2] === 'package' && !wantsHelp;
if (isPackage && !existsSync(path.join(local, 'functions.json'))) build(['esbuild.config.mjs'], 'the functions');
else if (!isCurrent(local))
  build(isPackage ? ['esbuild.config.mjs'] : ['esbuild.config.mjs', 'local'], 'the command and the local server');
const entry = path.join(local, 'main.cjs');
process.argv[1] = entry;
createRequire(import.meta.url)(entry);
