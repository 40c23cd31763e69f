import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { firstParagraph, headingsOf, outsideFences, replaceLinks, withoutComments } from '../markdown/markdown-text.ts';
import type { DocsPage } from '../page.ts';
import { placementOf, placementRank } from '../site-map.ts';

/** Folders whose Markdown files are not part of the site. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', 'build', '.build', '.git', '.github']);

/** Returns the Markdown files below a folder, with `/` in their paths. */
export function markdownFiles(root: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED_FOLDERS.has(entry.name)) return [];
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(root, file);
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

/** The front page. Pages without an order of their own in `site-map.ts` are in the order of its links. */
const FRONT_PAGE = 'shared/docs/index.md';

/** Returns the pages that are files of the repository, in the order of the navigation. */
export function repositoryPages(root: string): DocsPage[] {
  const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  const files = inOrder(markdownFiles(root), linkedBy(FRONT_PAGE, read(FRONT_PAGE)));
  return files.map((source) => repositoryPage(source, read(source)));
}

/**
 * Returns files in the order of the navigation. `linked` has the files that the front page links, in the order of the
 * links.
 */
export function inOrder(files: readonly string[], linked: readonly string[]): string[] {
  const positionOf = (file: string): number => (linked.includes(file) ? linked.indexOf(file) : linked.length);
  return [...files].sort(
    (a, b) => placementRank(a) - placementRank(b) || positionOf(a) - positionOf(b) || (a < b ? -1 : 1),
  );
}

/**
 * Returns the files that a page links to, each once, in the order of the links. Links with a scheme such as `https:`
 * are omitted.
 */
export function linkedBy(source: string, markdown: string): string[] {
  const links: string[] = [];
  replaceLinks(markdown, (_, target) => {
    const [file = ''] = target.split('#');
    if (!file.includes(':')) links.push(path.posix.join(path.posix.dirname(source), file));
    return '';
  });
  return [...new Set(links)];
}

/** Returns the page of a Markdown file. Throws RangeError if its first line is not an H1. */
export function repositoryPage(source: string, text: string): DocsPage {
  const [heading] = headingsOf(text);
  if (heading?.level !== 1 || !text.startsWith('# ')) throw new RangeError(`${source} does not begin with an H1`);
  const placement = placementOf(source);
  return {
    path: placement.path,
    section: placement.section,
    title: heading.text,
    label: placement.label ?? heading.text,
    description: firstParagraph(text),
    source,
    markdown: outsideFences(text, withoutComments),
    isListed: true,
  };
}
