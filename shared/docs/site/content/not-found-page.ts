import type { DocsPage } from '../page.ts';

/** The page of a URL that the site does not have. It is in no list and in no search. */
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
