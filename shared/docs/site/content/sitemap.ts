import { pageUrl, type DocsPage } from '../page.ts';

/** The default address of the local server. The server replaces the port with its own when it sends the file. */
const SERVER = 'http://localhost:8080';

/**
 * Returns sitemap.xml: the address of every page. The file is in the folder of the pages, because a sitemap may list
 * only URLs below its own folder. https://www.sitemaps.org/protocol.html#location
 */
export function sitemapText(pages: readonly DocsPage[]): string {
  const lines = pages.map(({ path }) => `  <url><loc>${escapedUrl(encodeURI(SERVER + pageUrl(path)))}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${lines.join('\n')}
</urlset>
`;
}

/** https://www.sitemaps.org/protocol.html#escaping */
function escapedUrl(url: string): string {
  return url.replaceAll('&', '&amp;').replaceAll("'", '&apos;');
}
