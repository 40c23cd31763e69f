import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Program } from './process.ts';

export interface Row {
  readonly name: string;
  readonly of?: string;
  readonly source?: string;
  readonly entryPoint?: string;
  readonly actions?: readonly string[];
  readonly entities?: readonly string[];
  readonly trigger?: string;
}

/** Paths of an operation under the functions that serve more than one. */
const PATHS: Readonly<Record<string, string>> = { connection: '/run/get-entity', single: '/get-entity' };

/** A function as it is deployed: in a folder of its own, with the compile cache of the Node that runs it. */
export function builtProgram(row: Row, node: string, folder: string): Program {
  cpSync(path.resolve('build/functions', row.name), folder, {
    recursive: true,
    filter: (file) => !file.endsWith('.map'),
  });
  const { status, stderr } = spawnSync(node, ['build-compile-cache.cjs'], { cwd: folder, encoding: 'utf8' });
  const cache = path.join(folder, '.compile-cache');
  if (status !== 0 || !existsSync(cache)) throw new Error(`${row.name}: no compile cache: ${stderr}`);
  const target = row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const env = { NODE_COMPILE_CACHE: cache };
  return { folder, target, env, path: PATHS[row.name] ?? '/' };
}

/** A program of the bench as the framework loads it: its folder. */
export function plainProgram(file: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(path.resolve('test/bench', file), path.join(folder, 'index.cjs'));
  // The framework tells the kind of module by this.
  cpSync(path.resolve('test/bench/cold/package.json'), path.join(folder, 'package.json'));
  return folder;
}
