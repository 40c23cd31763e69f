import path from 'node:path';
import type { DocsPage } from '../page.ts';
import { pageUrl } from '../page.ts';
import { headingsOf, outsideFences, replaceLinks } from '../markdown/markdown-text.ts';

/** The targets of links: the pages, and the files of the repository that a page may link. */
export interface LinkTargets {
  readonly pages: readonly DocsPage[];
  /** Whether the repository has this file. */
  readonly hasFile: (file: string) => boolean;
}

export interface LinkedMarkdown {
  readonly markdown: string;
  /** Files of the repository that the page links and that are not pages: they are copied to the site. */
  readonly files: readonly string[];
}

/** Returns where a file of the repository is copied to: source code as text, so that a browser shows it. */
export function linkedFile(file: string): string {
  return `files/${file}${/\.(json|txt)$/.test(file) ? '' : '.txt'}`;
}

/**
 * Rewrites the links of a page from files of the repository to pages of the site. `ending`: `.md` links the Markdown of
 * the pages. Throws RangeError if a link has no target, or its anchor no heading.
 */
export class LinkRewriter {
  private readonly bySource = new Map<string, DocsPage>();
  private readonly byPath = new Map<string, DocsPage>();
  private readonly anchors = new Map<DocsPage, ReadonlySet<string>>();

  constructor(private readonly targets: LinkTargets) {
    for (const page of targets.pages) {
      if (this.byPath.has(page.path)) throw new RangeError(`two pages have the path ${pageUrl(page.path)}`);
      this.byPath.set(page.path, page);
      if (page.source !== undefined) this.bySource.set(page.source, page);
    }
  }

  rewrite(page: DocsPage, ending: '' | '.md' = ''): LinkedMarkdown {
    const files = new Set<string>();
    const markdown = outsideFences(page.markdown, (text) =>
      replaceLinks(text, (label, href) => `[${label}](${this.target(page, href, ending, files)})`),
    );
    return { markdown, files: [...files] };
  }

  private target(page: DocsPage, href: string, ending: '' | '.md', files: Set<string>): string {
    if (/^[a-z]+:/i.test(href)) return href;
    const [file = '', anchor] = href.split('#');
    const to = file === '' ? page : this.pageAt(page, file);
    if (to !== undefined) {
      if (anchor !== undefined && !this.hasAnchor(to, anchor)) throw this.dead(page, href, 'has no such heading');
      const hash = anchor === undefined ? '' : `#${anchor}`;
      return file === '' ? hash : pageUrl(to.path, ending) + hash;
    }
    if (file.startsWith('/docs/')) throw this.dead(page, href, 'is no page');
    if (file.startsWith('/')) return href;
    const linked = path.posix.join(path.posix.dirname(page.source ?? ''), file);
    if (linked.startsWith('..') || !this.targets.hasFile(linked)) throw this.dead(page, href, 'is no file');
    files.add(linked);
    return `/docs/${linkedFile(linked)}`;
  }

  /** The page at a path of the site, or of a file; of a folder the README. */
  private pageAt(from: DocsPage, file: string): DocsPage | undefined {
    if (file.startsWith('/docs/')) return this.byPath.get(file.slice('/docs/'.length));
    const source = path.posix.join(path.posix.dirname(from.source ?? ''), file).replace(/\/$/, '');
    return this.bySource.get(source) ?? this.bySource.get(path.posix.join(source, 'README.md'));
  }

  private hasAnchor(page: DocsPage, anchor: string): boolean {
    const known = this.anchors.get(page) ?? new Set(headingsOf(page.markdown).map((heading) => heading.anchor));
    this.anchors.set(page, known);
    return known.has(anchor);
  }

  private dead(page: DocsPage, href: string, problem: string): RangeError {
    return new RangeError(`${page.source ?? pageUrl(page.path)} links ${href}, which ${problem}`);
  }
}
