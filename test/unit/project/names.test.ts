/** One name means one thing: no two files of `shared/` define the same top-level name, exported or not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';
import { SOURCES } from './files.ts';

/** Names of functions, classes, types and constants that a file defines at its top level. */
function topLevelNames(file: string, text: string): string[] {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const names = statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
    const isNamed =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement);
    return isNamed && statement.name !== undefined ? [statement.name.text] : [];
  });
  return [...new Set(names)];
}

function homonyms(files: readonly (readonly [file: string, text: string])[]): string[] {
  const definitions = new Map<string, number>();
  for (const [file, text] of files)
    for (const name of topLevelNames(file, text)) definitions.set(name, (definitions.get(name) ?? 0) + 1);
  return [...definitions].filter(([, count]) => count > 1).map(([name]) => name);
}

test('no two files of shared define the same name', () => {
  const files = SOURCES.filter((file) => file.startsWith('shared/')).map(
    (file) => [file, readFileSync(file, 'utf8')] as const,
  );
  assert.deepEqual(homonyms(files), [], 'give one of them a name of its own, or share the definition');
});

test('counts every kind of definition, exported or not, and no name inside a function', () => {
  const first = 'export const a = 1; function b() { const inner = 1; } interface C {} type D = 1; class E {} enum F {}';
  const second = 'const a = 2; export function b() {} export interface C {} export type D = 2; class E {} enum F {}';
  const third = 'const inner = 3; import { a } from "./first.ts"; export { a };';
  const files = [
    ['first.ts', first],
    ['second.ts', second],
    ['third.ts', third],
  ] as const;
  assert.deepEqual(homonyms(files), ['a', 'b', 'C', 'D', 'E', 'F']);
});
