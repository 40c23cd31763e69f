/** Comments, texts and pages are plain technical English: no phrase that was retired comes back. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { filesOf } from './files.ts';

/** A retired phrase, and what to write instead. */
type Retired = readonly [phrase: RegExp, instead: string];

const RETIRED: readonly Retired[] = [
  [/\b(?:is|are|was|were|be|being) told\b/i, 'is reported, returned or logged'],
  [/\banew\b/i, 'again'],
  [/\bwhoever\b/i, 'the actor: the caller, another instance'],
  [/\b(?:nobody|somebody)\b/i, 'the actor: no caller, another instance'],
  [/\bwhere there (?:is|are) none\b/i, 'if it is missing'],
  [/(?<!there )\b(?:is|are) none\b/, 'is invalid, is missing'],
  [/\bbesides\b/i, 'also, in addition to'],
  [/\bbeside\b/i, 'next to, with, in parallel to'],
  [/\blaptops?\b/i, 'local development'],
  [/\bin (?:the )?clear\b/i, 'in plaintext'],
  [/\bfor good\b/i, 'permanently'],
  [/\bas (?:it|they) came\b/i, 'unchanged'],
  [/\b(?:is|are|was|were) (?:not )?worked on\b|\bworks on (?:a|an|one)\b/i, 'is executed, is processed'],
  [/\b(?:is|are) not taken\b|\bis taken for\b/i, 'is not supported, is treated as'],
  [/\bstands? (?:beside|in the way|in for)\b/i, 'is next to, blocks, replaces'],
  [/\b(?:given|gives|give) up\b/i, 'released, aborted, dead-lettered'],
  [/\bput aside\b|\bgiven back\b/i, 'dead-lettered, nacked'],
  [/\bthe vendor\b/i, "Google's connector"],
  [/\bcame (?:of|to) it\b|\bit came to\b|\bcame to\.|\bbecame of\b/i, 'the result, the outcome'],
  [
    /\bof (?:Stripe|Google|Node|Express|JavaScript|Pub\/Sub|zod)'s(?: own\b|(?=[,.;:)]|$))|\bof ours\b/i,
    "one genitive: Stripe's list",
  ],
  [/\bforesaw\b|\bunforeseen\b/i, 'unexpected error'],
  [/\bprotocol of agents\b/i, 'MCP'],
  [/\bspelt\b/i, 'spelled, written'],
  [/\bdoors?\b/i, 'endpoint, client'],
  [/\bcatalogues?\b/i, 'catalog'],
  [/\bnothing of\b/i, 'no, none of'],
];

const RETIRED_IN_COMMENTS: readonly Retired[] = [[/\brefus(?:e|es|ed|al|als|ing)\b/i, 'reject, rejected, error']];

/** Parts that still have retired phrases, with their number, which must not rise. Every other part has none. */
const LEFT: Readonly<Record<string, number>> = {
  test: 1,
};

/** Languages whose comments begin with `#`: Terraform, shell, YAML. */
const HASH_COMMENTS = ['.tf', '.hcl', '.sh', '.yaml', '.yml'];

/** Files with prose. Fixtures are data. */
function files(folder: string): string[] {
  return ['.ts', '.tsx', '.mjs', '.cjs', '.md', ...HASH_COMMENTS]
    .flatMap((end) => filesOf(folder, end))
    .filter((file) => !file.startsWith(path.join('test', 'fixtures')));
}

/** The part of the repository that a file counts for. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split(path.sep);
  return top === 'shared' && file.split(path.sep).length > 2 ? `${top}/${second}` : top;
}

interface Prose {
  readonly comments: readonly string[];
  /** String literals of more than one word. */
  readonly texts: readonly string[];
}

function proseOf(file: string): Prose {
  const source = readFileSync(file, 'utf8');
  if (HASH_COMMENTS.some((end) => file.endsWith(end))) return proseOfLines(source);
  if (!file.endsWith('.md')) return proseOfCode(file, source);
  return { comments: [withoutCode(source.replace(/^ *```[^]*?^ *```$/gm, ''))], texts: [] };
}

/** The comments and the texts of a language whose comments begin with `#`. */
function proseOfLines(source: string): Prose {
  const lines = source.split('\n');
  return {
    comments: lines.flatMap((line) => /(?:^|\s)#+ (.*)$/.exec(line)?.[1] ?? []).map(withoutCode),
    texts: [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)]
      .map(([, text = '']) => text)
      .filter((text) => /\w \w/.test(text))
      .map(withoutCode),
  };
}

function withoutCode(prose: string): string {
  return prose.replace(/`[^`]+`/g, '`code`');
}

/** Tokens after which a slash divides. After any other it begins a regular expression. */
const OPERANDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.Identifier,
  ts.SyntaxKind.NumericLiteral,
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateTail,
  ts.SyntaxKind.CloseParenToken,
  ts.SyntaxKind.CloseBracketToken,
  ts.SyntaxKind.CloseBraceToken,
]);

/** Scans tokens without a syntax tree, which would take ten times as long. */
function proseOfCode(file: string, source: string): Prose {
  const variant = file.endsWith('.tsx') ? ts.LanguageVariant.JSX : ts.LanguageVariant.Standard;
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, variant, source);
  const comments: string[] = [];
  const texts: string[] = [];
  // Open braces: true for those of a template.
  const braces: boolean[] = [];
  let before = ts.SyntaxKind.Unknown;
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === ts.SyntaxKind.SlashToken && !OPERANDS.has(before)) kind = scanner.reScanSlashToken();
    if (kind === ts.SyntaxKind.OpenBraceToken) braces.push(false);
    if (kind === ts.SyntaxKind.CloseBraceToken && braces.pop() === true) kind = scanner.reScanTemplateToken(false);
    if (kind === ts.SyntaxKind.TemplateHead || kind === ts.SyntaxKind.TemplateMiddle) braces.push(true);
    const isComment = kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia;
    if (isComment) comments.push(withoutCode(scanner.getTokenText().replace(/\s*\n\s*\*?\s*/g, ' ')));
    else if (
      kind === ts.SyntaxKind.StringLiteral ||
      (kind >= ts.SyntaxKind.FirstTemplateToken && kind <= ts.SyntaxKind.LastTemplateToken)
    )
      if (/\w \w/.test(scanner.getTokenValue())) texts.push(withoutCode(scanner.getTokenValue()));
    if (!isComment && kind !== ts.SyntaxKind.WhitespaceTrivia && kind !== ts.SyntaxKind.NewLineTrivia) before = kind;
  }
  return { comments, texts };
}

function retiredIn(file: string): string[] {
  const { comments, texts } = proseOf(file);
  const find = (prose: string, phrases: readonly Retired[]): string[] =>
    phrases.flatMap(([phrase, instead]) =>
      [...prose.matchAll(new RegExp(phrase, `${phrase.flags}g`))].map(
        ([found]) => `${file}: "${found}" is retired; write: ${instead}`,
      ),
    );
  return [
    ...comments.flatMap((comment) => find(comment, [...RETIRED, ...RETIRED_IN_COMMENTS])),
    ...texts.flatMap((text) => find(text, RETIRED)),
  ];
}

test('comments, texts and pages use none of the retired phrases', () => {
  const all = ['functions', 'infra', 'shared', 'test'].flatMap(files);
  const own = path.join('test', 'unit', 'project', 'prose.test.ts');
  const pages = readdirSync('.').filter((name) => /\.(?:md|mjs)$/.test(name));
  const byPart = new Map<string, string[]>();
  for (const file of [...pages, ...all].filter((name) => name !== own)) {
    const part = partOf(file);
    byPart.set(part, [...(byPart.get(part) ?? []), ...retiredIn(file)]);
  }
  const risen = [...byPart].filter(([part, found]) => found.length > (LEFT[part] ?? 0));
  assert.deepEqual(
    risen.map(([part, found]) => `${part}: ${found.length}, at most ${LEFT[part] ?? 0}\n  ${found.join('\n  ')}`),
    [],
  );
});
