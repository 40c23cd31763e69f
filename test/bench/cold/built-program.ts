import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
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

/** A function as it is built, in a folder of its own, with its code cache or with one of another Node. */
export function builtProgram(row: Row, cache: 'accepted' | 'refused', folder: string): Program {
  cpSync(path.resolve('build/functions', row.name), folder, {
    recursive: true,
    filter: (file) => !/\.(map|cache)$/.test(file),
  });
  const { status, stderr } = spawnSync(
    process.execPath,
    [...(cache === 'refused' ? ['--no-opt'] : []), 'make-cache.cjs'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0 || !readdirSync(folder).some((file) => file.endsWith('.cache')))
    throw new Error(`${row.name}: no cache: ${stderr}`);
  const target = row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { folder, target, path: row.name === 'connection' ? '/run/get-entity' : '/' };
}

/** A program of the bench as the framework loads it: its folder. */
export function plainProgram(file: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(path.resolve('test/bench', file), path.join(folder, 'index.cjs'));
  // The framework tells the kind of module by this.
  cpSync(path.resolve('test/bench/cold/package.json'), path.join(folder, 'package.json'));
  return folder;
}
