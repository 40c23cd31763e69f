/** The pages of the project, taken apart: their examples and their links. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The pages that teach: tutorials, how-to guides, explanations, examples. */
export const GUIDES = path.join('shared', 'docs');

export interface Example {
  readonly page: string;
  /** Line of its fence. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language: `answer`, `refused`, `POST /create-entity`, an entity's name. */
  readonly about: string;
  readonly text: string;
}

export function pages(folder = '.'): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (['node_modules', 'build', '.build', '.git', '.github', '.vitepress'].includes(name)) return [];
    if (statSync(file).isDirectory()) return pages(file);
    return name.endsWith('.md') ? [file] : [];
  });
}

const FENCE = /^( *)```(\w*)(?: +(.*))?\n([^]*?)^\1```$/gm;

export function examplesOf(page: string): Example[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 2: language = '', 3: about = '', 4: inner = '' }) => ({
    page,
    line: text.slice(0, index).split('\n').length,
    language,
    about: about.trim(),
    text: inner.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

export function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8').replace(FENCE, '');
  return [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link));
}

/** Where an answer differs from what a page shows of it: `...` stands for any text, keys that are not shown may be there. */
export function differs(shown: unknown, actual: unknown, at = ''): string | undefined {
  if (typeof shown === 'string' && shown.includes('...')) {
    const [start = '', end = ''] = shown.split('...');
    return typeof actual === 'string' && actual.startsWith(start) && actual.endsWith(end)
      ? undefined
      : `${at}: ${JSON.stringify(actual)} is not ${shown}`;
  }
  if (typeof shown !== 'object' || shown === null)
    return shown === actual ? undefined : `${at}: ${JSON.stringify(actual)} is not ${JSON.stringify(shown)}`;
  if (typeof actual !== 'object' || actual === null || Array.isArray(shown) !== Array.isArray(actual))
    return `${at}: ${JSON.stringify(actual)} is not ${JSON.stringify(shown)}`;
  for (const [key, value] of Object.entries(shown)) {
    const found = differs(value, (actual as Record<string, unknown>)[key], `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
