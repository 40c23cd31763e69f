/**
 * `npm run bench -- catalogue [--rounds N]`: a function beside itself with twenty times the catalogue: each entity and each
 * action is there twenty times, under names of its own. First answer (an input that the entity does not know), and memory
 * after the first whole transaction.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WHOLE } from '../cold/bench.ts';
import { builtProgram } from '../cold/built-program.ts';
import { startServers } from '../cold/google-and-stripe.ts';
import type { Ask, Program } from '../cold/process.ts';
import { comparing, measured, type Variant } from '../cold/rounds.ts';
import type { Figure } from '../figure.ts';
import { roundsOf } from '../rounds-option.ts';

const OUT = path.resolve('build/bench/catalogue');
const TIMES = 20;
const UNKNOWN: Ask = {
  body: { entity: 'Customer', entityId: 'cus_1', connectorInputPayload: { Nothing: 1 } },
  status: 400,
};

export async function catalogue(args: readonly string[]): Promise<Figure[]> {
  rmSync(OUT, { recursive: true, force: true });
  const row = { name: 'get-entity' };
  const once = builtProgram(row, 'accepted', path.join(OUT, 'once'));
  const more = builtProgram(row, 'accepted', path.join(OUT, 'more'));
  for (const part of ['entities', 'actions']) multiply(path.join(more.folder, 'catalog', part), part);
  const servers = await startServers();
  try {
    const variants = [...variantsOf('once', once), ...variantsOf('more', more)];
    const [starts = new Map()] = await measured([variants], roundsOf(args, 31), servers);
    const compared = comparing(starts);
    const what = `with ${TIMES} times the catalogue / with it once`;
    return [
      compared(`catalogue: first answer ${what}`, 'more first', 'once first', 1.1),
      compared(`catalogue: whole transaction ${what}`, 'more whole', 'once whole', 1.1),
      compared(`catalogue: memory after it ${what}`, 'more whole', 'once whole', 1.1, 'rssMb'),
    ];
  } finally {
    servers.close();
  }
}

function variantsOf(name: string, program: Program): Variant[] {
  return [
    { name: `${name} first`, program, ask: UNKNOWN },
    { name: `${name} whole`, program, ask: WHOLE },
  ];
}

type Index = Record<string, Record<string, string | { file: string }>>;

/** Twenty of every file, and of every line of the index. */
function multiply(folder: string, part: string): void {
  const file = path.join(folder, 'index.json');
  const index = JSON.parse(readFileSync(file, 'utf8')) as Index;
  const rows = Object.entries(index[part] ?? {});
  const all = rows.flatMap(([name, row]) =>
    Array.from({ length: TIMES }, (_, copy) => {
      const own = typeof row === 'string' ? row : row.file;
      const named = copy === 0 ? own : own.replace(/\.json$/, `-${copy}.json`);
      if (copy > 0) cpSync(path.join(folder, own), path.join(folder, named));
      return [copy === 0 ? name : `${name}Copy${copy}`, typeof row === 'string' ? named : { ...row, file: named }];
    }),
  );
  writeFileSync(file, JSON.stringify({ ...index, [part]: Object.fromEntries(all) as object }));
}
