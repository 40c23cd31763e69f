import path from 'node:path';
import type { DocsPage } from '../page.ts';
import { pageUrl } from '../page.ts';
import { headingsOf, outsideFences, replaceLinks } from '../markdown/markdown-text.ts';

/** The possible targets of links: the pages, and the files of the repository. */
export interface LinkTargets {
  readonly pages: readonly DocsPage[];
  /** Returns whether the repository has a file. */
  readonly hasFile: (file: string) => boolean;
}

export interface LinkedMarkdown {
  readonly markdown: string;
  /** Linked files of the repository that are not pages. They are copied to the site. */
  readonly files: readonly string[];
}

/**
 * Returns the path of a copied file on the site. Unless the file is JSON or text, the path ends in `.txt`, so that a
 * browser shows the file as text.
 */
export function linkedFile(file: string): string {
  return `files/${file}${/\.(json|txt)$/.test(file) ? '' : '.txt'}`;
}

/**
 * Rewrites the links of a page from files of the repository to pages of the site. With the ending `.md`, the links lead
 * to the Markdown of the pages. Throws RangeError if the target of a link does not exist, or if no heading has the
 * anchor of the link.
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
      replaceLinks(text, (label, href) => `[${label}](${this.resolve(page, href, ending, files)})`),
    );
    return { markdown, files: [...files] };
  }

  private resolve(page: DocsPage, href: string, ending: '' | '.md', files: Set<string>): string {
    if (/^[a-z]+:/i.test(href)) return href;
    const [file = '', anchor] = href.split('#');
    const target = file === '' ? page : this.pageAt(page, file);
    if (target !== undefined) {
      if (anchor !== undefined && !this.hasAnchor(target, anchor))
        throw this.deadLink(page, href, 'has no such heading');
      const hash = anchor === undefined ? '' : `#${anchor}`;
      return file === '' ? hash : pageUrl(target.path, ending) + hash;
    }
    if (file.startsWith('/docs/')) throw this.deadLink(page, href, 'is no page');
    if (file.startsWith('/')) return href;
    const linked = path.posix.join(path.posix.dirname(page.source ?? ''), file);
    if (linked.startsWith('..') || !this.targets.hasFile(linked)) throw this.deadLink(page, href, 'is no file');
    files.add(linked);
    return `/docs/${linkedFile(linked)}`;
  }

  /**
   * Returns the page that a link leads to. The link names a path of the site, a Markdown file, or a folder, which stands
   * for its README.
   */
  private pageAt(from: DocsPage, file: string): DocsPage | undefined {
    if (file.startsWith('/docs/')) return this.byPath.get(file.slice('/docs/'.length));
    const source = path.posix.join(path.posix.dirname(from.source ?? ''), file).replace(/\/$/, '');
    return this.bySource.get(source) ?? this.bySource.get(path.posix.join(source, 'README.md'));
  }

  private hasAnchor(page: DocsPage, anchor: string): boolean {
    const anchors = this.anchors.get(page) ?? new Set(headingsOf(page.markdown).map((heading) => heading.anchor));
    this.anchors.set(page, anchors);
    return anchors.has(anchor);
  }

  private deadLink(page: DocsPage, href: string, problem: string): RangeError {
    return new RangeError(`${page.source ?? pageUrl(page.path)} links ${href}, which ${problem}`);
  }
}
