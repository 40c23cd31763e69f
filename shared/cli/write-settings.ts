/**
 * `npm run settings`: writes what follows from the schema of the settings: the table of their page, the variables of the
 * Terraform module `connection`, and what it passes to `blueprint`. `npm run settings -- --check` writes nothing, prints
 * the files that differ and exits with status 1 if there are any. The types and rules in infra/blueprint/settings.tf are
 * written by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { LOCAL_DEFAULTS } from '../config/environment.ts';
import { settingRows } from '../config/setting-descriptions.ts';

const PAGE = 'shared/config/README.md';
const BLUEPRINT = 'infra/blueprint/settings.tf';
const VARIABLES = 'infra/connection/settings.tf';
const PASSED = 'infra/connection/main.tf';

/** Required by the module, although the schema allows connections without it in local development. */
const ALWAYS_REQUIRED: ReadonlySet<string> = new Set(['api_key']);

const settings = settingRows();

function replaceBetween(file: string, begin: RegExp, end: RegExp, content: string): string {
  const text = readFileSync(file, 'utf8');
  const start = begin.exec(text);
  if (start === null) throw new Error(`${file} has no ${String(begin)}`);
  const from = start.index + start[0].length;
  const rest = text.slice(from);
  const stop = end.exec(rest)?.index ?? rest.length;
  return text.slice(0, from) + content + rest.slice(stop);
}

type Setting = (typeof settings)[number];

function defaultCell({ name, description, default: value, required }: Setting): string {
  if (required) return `required; \`${LOCAL_DEFAULTS[name as keyof typeof LOCAL_DEFAULTS]}\` locally`;
  if (value === undefined) return /\bdefault\b/.test(description) ? 'see left' : 'none';
  return typeof value === 'string' && /^[a-z]+$/.test(value) ? value : JSON.stringify(value);
}

function settingsTable(): string {
  const cells = [
    ['setting', 'meaning', 'default'],
    ...settings.map((row) => [`\`${row.name}\``, row.description, defaultCell(row)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((cell) => cell[column]?.length ?? 0)));
  const line = (texts: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (texts[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head, ' '), line([], '-'), ...body.map((cell) => line(cell, ' '))].join('\n');
}

/** Returns the Terraform type of each setting. */
function terraformTypes(): ReadonlyMap<string, string> {
  const lines = readFileSync(BLUEPRINT, 'utf8').split('\n');
  return new Map(
    lines.flatMap((text) => {
      const [, name, type] = /^ {4}(\w+) += (\S.*)$/.exec(text) ?? [];
      return name === undefined || type === undefined ? [] : [[name, withoutDefault(type)] as const];
    }),
  );
}

/** `optional(number, 2)` -> `number`, `optional(map(string), {})` -> `map(string)`. */
function withoutDefault(type: string): string {
  if (!type.startsWith('optional(')) return type;
  const inner = type.slice('optional('.length, -1);
  const comma = inner.indexOf(', ', inner.lastIndexOf(')') + 1);
  return comma < 0 ? inner : inner.slice(0, comma);
}

function variableBlocks(): string {
  const typeOf = terraformTypes();
  const blocks = settings.map(({ name, description, default: value, required }) => {
    const isRequired = required || ALWAYS_REQUIRED.has(name);
    const lines = [
      `description = ${JSON.stringify(description)}`,
      `type        = ${typeOf.get(name) ?? ''}`,
      ...(isRequired ? [] : [`default     = ${value === undefined ? 'null' : JSON.stringify(value)}`]),
      ...(value === undefined ? [] : ['nullable    = false']),
    ];
    return `variable "${name}" {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  });
  return blocks.join('\n');
}

function passedSettings(): string {
  const width = Math.max(...settings.map(({ name }) => name.length));
  return settings.map(({ name }) => `    ${name.padEnd(width)} = var.${name}\n`).join('');
}

/** Writes or checks the files. Returns false if there is something to do by hand. */
function writeFiles(isCheck: boolean): boolean {
  const contents: Readonly<Record<string, string>> = {
    [PAGE]: replaceBetween(PAGE, /(?=\| setting )/, /\n\n/, settingsTable()),
    [VARIABLES]: replaceBetween(VARIABLES, /(?=variable ")/, /$(?![^])/, variableBlocks()),
    [PASSED]: replaceBetween(PASSED, /settings = \{\n/, /^ {2}\}$/m, passedSettings()),
  };
  const typed = terraformTypes();
  const untyped = settings.filter(({ name }) => !typed.has(name)).map(({ name }) => name);
  const changed = Object.entries(contents).filter(([file, text]) => readFileSync(file, 'utf8') !== text);
  if (!isCheck) for (const [file, text] of changed) writeFileSync(file, text);
  const problems = [
    ...untyped.map((name) => `${BLUEPRINT} has no type of ${name}`),
    ...changed.map(([file]) => `${file} ${isCheck ? 'differs; run npm run settings' : 'is written'}`),
  ];
  console.log(problems.length === 0 ? 'the files of the settings match the schema' : problems.join('\n'));
  return untyped.length === 0 && (!isCheck || changed.length === 0);
}

if (!writeFiles(process.argv.includes('--check'))) process.exitCode = 1;
