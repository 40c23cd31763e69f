import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { firstParagraph, headingsOf, outsideFences } from '../markdown/markdown-text.ts';
import type { DocsPage } from '../page.ts';
import { placementOf, rankOf } from '../site-map.ts';

const OUTSIDE: ReadonlySet<string> = new Set(['node_modules', 'build', '.build', '.git', '.github']);

/** Returns the Markdown files below a folder, with `/` in their paths. */
export function markdownFiles(root: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (OUTSIDE.has(entry.name)) return [];
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(root, file);
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

/** Returns the pages that are files of the repository, in the order of the navigation. */
export function repositoryPages(root: string): DocsPage[] {
  const files = markdownFiles(root).sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return files.map((source) => repositoryPage(source, readFileSync(path.join(root, source), 'utf8')));
}

/** Throws RangeError for a page without an H1 in its first line. */
export function repositoryPage(source: string, text: string): DocsPage {
  const [heading] = headingsOf(text);
  if (heading?.level !== 1 || !text.startsWith('# ')) throw new RangeError(`${source} does not begin with an H1`);
  const { section, path: place, label = heading.text } = placementOf(source);
  return {
    path: place,
    section,
    title: heading.text,
    label,
    description: firstParagraph(text),
    source,
    markdown: outsideFences(text, (part) => part.replace(/<!--[^]*?-->\n*/g, '')),
    isListed: true,
  };
}
