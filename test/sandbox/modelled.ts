/** The page of what is modelled, made from the tables of behaviours in this folder. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 'test/sandbox';

/** Where the page stands: `npm run modelled` writes it anew. */
export const MODELLED = 'shared/sandbox/MODELLED.md';

/** `documented('/page', 'sentence', ...)`, in its own quotes; a template has a row for each of its values. */
const CASE =
  /documented\(\s*(?:'([^']*)'|`([^`]*)`|(\w+)),\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

function casesOf(file: string): string[] {
  const source = readFileSync(path.join(FOLDER, file), 'utf8');
  return [...source.matchAll(CASE)].map(([, plain, template, , single, double, back]) => {
    const sentence = (single ?? double ?? back ?? '').replace(/\\(.)/g, '$1').replaceAll(/\$\{[^}]*\}/g, '...');
    const page = (plain ?? template)?.replace(/#.*\$\{.*$/, '');
    return page === undefined ? `- ${sentence}` : `- ${sentence} ([page](https://docs.stripe.com${page}))`;
  });
}

function titleOf(file: string): string {
  const [, title = file] = /^\/\*\* (.*?)\.? \*\//.exec(readFileSync(path.join(FOLDER, file), 'utf8')) ?? [];
  return title;
}

export function modelledPage(): string {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
  const sections = files.flatMap((file) => {
    const cases = casesOf(file);
    return cases.length === 0 ? [] : [`## ${titleOf(file)}\n\n${[...new Set(cases)].join('\n')}`];
  });
  return `# What the sandbox models

Made from the tests in \`${FOLDER}\` by \`npm run modelled\`: each line is a behaviour that a test holds to the page of
Stripe's documentation beside it. \`README.md\` lists what is not modelled.

${sections.join('\n\n')}
`;
}
