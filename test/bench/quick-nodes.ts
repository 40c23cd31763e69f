import path from 'node:path';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Transactions a second of a node, where the time of our own code is measured and nobody should wait for a turn. */
const QUICK = 10_000;

/** The connector as it is, its limiter too, but for one number. */
export const quickNodes: Plugin = {
  name: 'quick-nodes',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]limiter[\\/]capacity\.ts$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const changed = source.replace('export const PER_NODE = 6;', `export const PER_NODE = ${QUICK};`);
      if (changed === source) throw new Error(`${file}: there is no PER_NODE = 6`);
      return { contents: changed, loader: 'ts' };
    });
  },
};

/** Of a connection whose ceilings are far above. */
export function quickSettings(more: object = {}): string {
  return JSON.stringify({ account_ceiling: QUICK, endpoint_ceiling: QUICK, min_nodes: 1, max_nodes: 1, ...more });
}

interface Row {
  readonly name: string;
}
interface Building {
  readonly buildFunction: (row: Row, how: { into: string; plugins: readonly Plugin[] }) => Promise<unknown>;
}

/** Builds a function with quick nodes; the folder that it stands in. */
export async function buildQuick(name: string, into: string): Promise<string> {
  const at = path.resolve('infra/bundles/function-folder.mjs');
  const { buildFunction } = (await import(at)) as Building;
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as { functions: Row[] };
  const row = functions.find((one) => one.name === name);
  if (row === undefined) throw new Error(`there is no function ${name}`);
  await buildFunction(row, { into, plugins: [quickNodes] });
  return path.join(into, name);
}
