import assert from 'node:assert/strict';
import { mkdtempSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { differs, examplesOf, type Example } from './pages.ts';
import { differsFromPrinted } from './printed.ts';
import { RUN, type Result } from './runners.ts';
import { Shell } from './shell.ts';
import type { Stage } from './stage.ts';

/**
 * Runs the examples of a page in their order. Fences that show what an example printed follow it:
 * - `json answer`: members of the JSON that it answered
 * - `text answer`: the lines that it printed
 * - `text start`: lines that the server printed when it started
 * - `text background`: the last lines that the last background example printed, now or soon
 * - `text quoted`: what a program prints that is not here, from its own documentation
 */
export async function runPage(page: string, stage: Stage): Promise<void> {
  const folder = newWorkFolder(stage.folder);
  const shell = new Shell(folder, { HOME: stage.folder, ...stage.env });
  let result: Result = {};
  /** An error that the page shows before it says how to get it. */
  let errorShown: unknown;
  const ids = new Map<string, string>();
  try {
    for (const example of examplesOf(page)) {
      const at = `${page}:${example.line}`;
      if (isAnswer(example)) {
        assert.equal(await difference(example, result, stage, shell), undefined, at);
        continue;
      }
      try {
        const run = RUN[example.language];
        assert.ok(run !== undefined, `no example is written in ${example.language}`);
        result = await run(withIds(example, ids), { ...stage, folder }, shell);
        keepIds(result, ids);
      } catch (cause) {
        throw new Error(`${at}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
      if (example.about === 'error') errorShown = JSON.parse(example.text);
      else if (example.about === 'refused' && errorShown !== undefined)
        assert.equal(differs(errorShown, result.json), undefined, at);
    }
  } finally {
    shell.end();
  }
}

/** Replaces `CUSTOMER=cus_...`, as the reader does, by the last such id that was printed. */
function withIds(example: Example, ids: ReadonlyMap<string, string>): Example {
  if (example.language !== 'sh') return example;
  const text = example.text.replaceAll(/\b([a-z]+)_\.\.\./g, (shown, prefix: string) => ids.get(prefix) ?? shown);
  return { ...example, text };
}

function keepIds({ printed = '' }: Result, ids: Map<string, string>): void {
  for (const [id, prefix = ''] of printed.matchAll(/\b([a-z]+)_[A-Za-z0-9]{8,}\b/g)) ids.set(prefix, id);
}

/** A folder for the files of one page, in which the examples of the repository are where the pages say. */
function newWorkFolder(parent: string): string {
  const folder = mkdtempSync(path.join(parent, 'page-'));
  symlinkSync(path.resolve('shared'), path.join(folder, 'shared'));
  return folder;
}

function isAnswer({ language, about }: Example): boolean {
  return language === 'text' || (language === 'json' && about === 'answer');
}

async function difference(
  { language, about, text }: Example,
  result: Result,
  stage: Stage,
  shell: Shell,
): Promise<string | undefined> {
  const shown = stage.here(text);
  if (language === 'json') return differs(JSON.parse(shown), result.json);
  if (about === 'quoted') return undefined;
  if (about === 'start') return differsFromPrinted(`...\n${shown}\n...`, stage.printed);
  if (about === 'background') return shell.waitForBackground((output) => differsFromPrinted(`...\n${shown}`, output));
  return about === 'answer' ? differsFromPrinted(shown, result.printed ?? '') : `a text says what it shows: ${about}`;
}
