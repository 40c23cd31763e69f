import type { DocsPage } from '../page.ts';

/** The page for a URL that the site does not have. Navigation and search do not contain it. */
export const NOT_FOUND_PAGE: DocsPage = {
  path: '404',
  section: 'help',
  title: 'Page not found',
  label: 'Page not found',
  description: 'The documentation has no page with this address.',
  markdown: `# Page not found

The documentation has no page with this address. Search for it, or go to the [overview](/docs/) or the
[reference](/docs/reference).
`,
  isListed: false,
};
