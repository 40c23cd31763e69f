import { SECTIONS, pageUrl, type DocsPage, type DocsSection } from '../page.ts';

/**
 * Returns a generated index page for each section with a path for it, unless a page with this path exists or the
 * section is empty. The index page has a line for each listed page of the section.
 */
export function indexPages(pages: readonly DocsPage[]): DocsPage[] {
  const paths = new Set(pages.map(({ path }) => path));
  return SECTIONS.flatMap((section) => {
    const { index } = section;
    const listed = pages.filter((page) => page.section === section.id && page.isListed);
    if (index === undefined || paths.has(index) || listed.length === 0) return [];
    return [indexPage(section, index, listed)];
  });
}

function indexPage({ id, title, summary }: DocsSection, path: string, listed: readonly DocsPage[]): DocsPage {
  const lines = listed.map((page) => `- [${page.label}](${pageUrl(page.path)})${indexLine(page)}`);
  return {
    path,
    section: id,
    title,
    label: title,
    description: summary,
    markdown: `# ${title}\n\n${summary}\n\n${lines.join('\n')}\n`,
    isListed: false,
    searchWords: [],
  };
}

function indexLine({ description }: DocsPage): string {
  return description === '' ? '' : `: ${description.replace(/[\\*_`[\]<>]/g, '\\$&')}`;
}
