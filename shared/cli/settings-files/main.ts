/**
 * `npm run settings`: writes what follows from the definitions of the settings, the environment variables and the
 * limits of a request: the tables of the settings page, and the variables of the Terraform module `connection` with
 * their validations.
 * `npm run settings -- --check` writes nothing, prints the files that differ and exits with status 1 if there are any.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { requestLimitsTable } from './request-limits.ts';
import { environmentTable, settingsTable } from './tables.ts';
import { settingsVariables } from './terraform.ts';

const PAGE = 'shared/config/README.md';
const VARIABLES = 'infra/connection/settings.tf';

function replaceBetween(text: string, begin: RegExp, end: RegExp, content: string): string {
  const start = begin.exec(text);
  if (start === null) throw new Error(`found no ${String(begin)}; restore the table's first line or the first block`);
  const from = start.index + start[0].length;
  const rest = text.slice(from);
  const stop = end.exec(rest)?.index ?? rest.length;
  return text.slice(0, from) + content + rest.slice(stop);
}

function pageText(): string {
  const tables: readonly (readonly [begin: RegExp, table: string])[] = [
    [/(?=\| setting )/, settingsTable()],
    [/(?=\| variable )/, environmentTable()],
    [/(?=\| limit of )/, requestLimitsTable()],
  ];
  let page = readFileSync(PAGE, 'utf8');
  for (const [begin, table] of tables) page = replaceBetween(page, begin, /\n\n/, table);
  return page;
}

/** Writes the files, or compares them if `isCheck` is true. Returns false if a compared file differs. */
function writeFiles(isCheck: boolean): boolean {
  const contents: Readonly<Record<string, string>> = {
    [PAGE]: pageText(),
    [VARIABLES]: replaceBetween(readFileSync(VARIABLES, 'utf8'), /(?=variable ")/, /$(?![^])/, settingsVariables()),
  };
  const changed = Object.entries(contents).filter(([file, text]) => readFileSync(file, 'utf8') !== text);
  if (!isCheck) for (const [file, text] of changed) writeFileSync(file, text);
  const report = changed.map(([file]) => `${file} ${isCheck ? 'differs; run npm run settings' : 'is written'}`);
  console.log(report.length === 0 ? 'the files of the settings match their definitions' : report.join('\n'));
  return !isCheck || changed.length === 0;
}

if (!writeFiles(process.argv.includes('--check'))) process.exitCode = 1;
