import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { cloudSdkFolder } from '../outside-tools.mjs';

interface Group {
  readonly commands?: Readonly<Record<string, Group>>;
  readonly flags?: Readonly<Record<string, unknown>>;
}

let tree: Group | undefined;

/** Every command of the installed gcloud with its flags, as its own completion knows them. */
function commands(): Group {
  if (tree !== undefined) return tree;
  const { status, stdout, stderr } = spawnSync(
    'python3',
    ['-c', 'import json, gcloud_completions as all; print(json.dumps(all.STATIC_COMPLETION_CLI_TREE))'],
    { encoding: 'utf8', cwd: path.join(cloudSdkFolder(), 'data/cli'), maxBuffer: 1e9 },
  );
  if (status !== 0) throw new Error(stderr);
  tree = JSON.parse(stdout) as Group;
  return tree;
}

/** What gcloud does not have of a command line; undefined where all is known. */
export function unknownToGcloud(words: readonly string[]): string | undefined {
  let group = commands();
  const flags = new Set(Object.keys(group.flags ?? {}));
  for (const word of words.slice(1)) {
    if (word.startsWith('-')) break;
    const next = group.commands?.[word];
    if (next === undefined) break;
    group = next;
    for (const flag of Object.keys(group.flags ?? {})) flags.add(flag);
  }
  if (group.commands !== undefined && Object.keys(group.commands).length > 0)
    return `${words.slice(0, 5).join(' ')} is no whole command`;
  const missing = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '');
  return missing.find((flag) => !flags.has(flag));
}
