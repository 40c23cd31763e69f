import path from 'node:path';
import { setUpMarkdown } from './markdown/set-up-markdown.ts';

export interface RenderInput {
  /** Path of the page below `/docs/`. */
  readonly path: string;
  readonly markdown: string;
  /** Data for the layout (`page.njk`). */
  readonly data: Readonly<Record<string, unknown>>;
}

const THEME = 'shared/docs/site/theme';

/** Renders pages with Eleventy and the layout `page.njk`. Returns the HTML by file, such as `reference/errors.html`. */
export async function renderPages(root: string, inputs: readonly RenderInput[]): Promise<ReadonlyMap<string, string>> {
  const { default: Eleventy } = await import('@11ty/eleventy');
  const eleventy = new Eleventy(path.join(root, THEME), path.join(root, 'build/eleventy'), {
    quietMode: true,
    configPath: null,
    config(config) {
      config.setUseGitIgnore(false);
      config.addGlobalData('layout', 'page.njk');
      // Pages are Markdown only, so `{{` is not a template.
      config.addGlobalData('templateEngineOverride', 'md');
      config.amendLibrary('md', setUpMarkdown);
      for (const { path: pagePath, markdown, data } of inputs)
        config.addTemplate(fileOf(pagePath, '.md'), markdown, { docs: data, permalink: fileOf(pagePath, '.html') });
    },
  });
  const rendered = await eleventy.toJSON();
  const byFile = new Map(
    rendered.map(({ outputPath, content }) => [outputPath.split('build/eleventy/')[1] ?? outputPath, content]),
  );
  for (const { path: pagePath } of inputs)
    if (!byFile.has(fileOf(pagePath, '.html'))) throw new Error(`${pagePath} was not rendered`);
  return byFile;
}

function fileOf(pagePath: string, extension: '.md' | '.html'): string {
  return `${pagePath === '' ? 'index' : pagePath}${extension}`;
}
