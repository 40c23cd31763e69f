/** Pages for the tests of the documentation site. */
import type { DocsPage } from '../../../shared/docs/site/page.ts';

export function docsPage(path: string, markdown: string, more: Partial<DocsPage> = {}): DocsPage {
  const title = /^# (.*)$/m.exec(markdown)?.[1] ?? path;
  return { path, section: 'reference', title, label: title, description: '', markdown, isListed: true, ...more };
}
