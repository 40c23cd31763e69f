import { hash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { linkedFile, LinkRewriter } from './content/links.ts';
import { llmsFullText, llmsText } from './content/llms.ts';
import { headingsOf } from './markdown/markdown-text.ts';
import { siteNavigation, neighborsOf } from './content/navigation.ts';
import { SECTIONS, type DocsPage } from './page.ts';
import { renderPages } from './render.ts';
import { NOT_FOUND_PAGE } from './content/not-found-page.ts';
import { searchRecords } from './content/search-records.ts';
import { sitemapText } from './content/sitemap.ts';

export interface SiteInput {
  /** Folder of the repository. */
  readonly root: string;
  /** Folder to write. It should be new or empty, because files that are already in it would remain. */
  readonly out: string;
  readonly pages: readonly DocsPage[];
  readonly version: string;
}

/**
 * Entry files of the scripts and styles. The names of the built files contain a hash, so that browsers can cache these
 * files.
 */
const BROWSER_ENTRIES = ['main.ts', 'theme.ts', '../style/site.css'];

/**
 * Builds the site. Returns the source files of its scripts and styles. Throws RangeError if a link has no target.
 */
export async function buildSite({ root, out, pages, version }: SiteInput): Promise<readonly string[]> {
  const links = new LinkRewriter({ pages, hasFile: (file) => existsSync(path.join(root, file)) });
  const { assets, sources } = await buildBrowserFiles(root, out);
  const linked = [...pages, NOT_FOUND_PAGE].map((page) => ({ page, ...links.rewrite(page) }));
  const rendered = await renderPages(
    root,
    linked.map(({ page, markdown }) => ({
      path: page.path,
      markdown,
      data: {
        page,
        version,
        assets,
        navigation: siteNavigation(pages, page),
        ...neighborsOf(pages, page),
        outline: headingsOf(page.markdown).filter(({ level }) => level === 2 || level === 3),
        section: SECTIONS.find(({ id }) => id === page.section),
      },
    })),
  );
  const write = (file: string, text: string): void => {
    const target = path.join(out, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  for (const [file, html] of rendered) write(file, html);
  const markdownOf = (page: DocsPage): string => links.rewrite(page, '.md').markdown;
  for (const page of pages) write(`${page.path === '' ? 'index' : page.path}.md`, markdownOf(page));
  for (const file of new Set(linked.flatMap(({ files }) => files)))
    cpSync(path.join(root, file), path.join(out, linkedFile(file)));
  write('llms.txt', llmsText(pages));
  write('llms-full.txt', llmsFullText(pages, markdownOf));
  write('sitemap.xml', sitemapText(pages));
  write('search.json', JSON.stringify(searchRecords(pages)));
  return sources;
}

interface BrowserFiles {
  /** URL by the name of the entry: `main`, `theme`, `site`. */
  readonly assets: Readonly<Record<string, string>>;
  /** The files from which the assets were built. */
  readonly sources: readonly string[];
}

async function buildBrowserFiles(root: string, out: string): Promise<BrowserFiles> {
  const assets: Record<string, string> = {};
  const sources: string[] = [];
  for (const entry of BROWSER_ENTRIES) {
    const { outputFiles, metafile } = await build({
      entryPoints: [path.join(root, 'shared/docs/site/browser', entry)],
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      write: false,
      metafile: true,
      outdir: out,
      absWorkingDir: path.resolve(root),
      logLevel: 'error',
    });
    const [file] = outputFiles;
    if (file === undefined) throw new Error(`${entry} has no output`);
    const { name, ext } = path.parse(file.path);
    const asset = `assets/${name}-${hash('sha256', file.contents, 'hex').slice(0, 12)}${ext}`;
    mkdirSync(path.join(out, 'assets'), { recursive: true });
    writeFileSync(path.join(out, asset), file.contents);
    assets[name] = `/docs/${asset}`;
    sources.push(...Object.keys((metafile satisfies Metafile).inputs));
  }
  return { assets, sources };
}
