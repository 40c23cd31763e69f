/** The page of what is modelled, made from the tables of behaviours in this folder. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the page stands: `npm run modelled` writes it. */
export const MODELLED = 'shared/sandbox/MODELLED.md';

/** One behaviour of a test file. */
export interface Behaviour {
  readonly file: string;
  readonly page: string;
  readonly behaviour: string;
}

/** A file that collects the behaviours instead of testing them; undefined in a run of the tests. */
const LIST = process.env['MODELLED_LIST'];

/** Whether behaviours are collected: then nothing is started. */
export const isCollecting = LIST !== undefined;

/** Notes a behaviour where they are collected. Whether it was. */
export function collected(page: string, behaviour: string): boolean {
  if (LIST === undefined) return false;
  const file = path.relative('test/.build', process.argv[1] ?? '').replace(/\.cjs$/, '.ts');
  appendFileSync(LIST, `${JSON.stringify({ file, page, behaviour } satisfies Behaviour)}\n`);
  return true;
}

export function lineOf({ page, behaviour }: Pick<Behaviour, 'page' | 'behaviour'>): string {
  // Of Markdown's signs: a behaviour is text.
  const text = behaviour.replace(/[\\*_<>[\]`]/g, '\\$&').replaceAll(/\s+/g, ' ');
  return `- ${text} ([page](https://docs.stripe.com${page}))`;
}

let lines: ReadonlySet<string> | undefined;

/** Whether the page has a behaviour. */
export function isOnPage(page: string, behaviour: string): boolean {
  lines ??= new Set(existsSync(MODELLED) ? readFileSync(MODELLED, 'utf8').split('\n') : []);
  return lines.has(lineOf({ page, behaviour }));
}

/** The first sentence of a test file: what it is about. */
function titleOf(file: string): string {
  const [, title = file] = /^\/\*\* (.*?)\.? \*\//.exec(readFileSync(path.join('test', file), 'utf8')) ?? [];
  return title;
}

export function modelledPage(behaviours: readonly Behaviour[]): string {
  const files = [...new Set(behaviours.map(({ file }) => file))].sort();
  const sections = files.map((file) => {
    const own = behaviours.filter((one) => one.file === file).map(lineOf);
    return `## ${titleOf(file)}\n\n${[...new Set(own)].join('\n')}`;
  });
  return `# What the sandbox models

Made from the tests in \`test/sandbox\` by \`npm run modelled\`: each line is a behaviour that a test holds to the page of
Stripe's documentation that it links to. [README.md](README.md) lists what differs.

${sections.join('\n\n')}
`;
}
