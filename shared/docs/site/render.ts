import path from 'node:path';
import { setUpMarkdown } from './markdown/set-up-markdown.ts';

export interface RenderInput {
  /** Path of the page below `/docs/`. */
  readonly path: string;
  readonly markdown: string;
  /** What the layout shows around the text. */
  readonly data: Readonly<Record<string, unknown>>;
}

const THEME = 'shared/docs/site/theme';

/** Renders pages with Eleventy and the layout `page.njk`. Returns the HTML by its file: `reference/errors.html`. */
export async function renderPages(root: string, inputs: readonly RenderInput[]): Promise<ReadonlyMap<string, string>> {
  const { default: Eleventy } = await import('@11ty/eleventy');
  const eleventy = new Eleventy(path.join(root, THEME), path.join(root, 'build/eleventy'), {
    quietMode: true,
    configPath: null,
    config(config) {
      config.setUseGitIgnore(false);
      config.addGlobalData('layout', 'page.njk');
      // `{{` in a page is text.
      config.addGlobalData('templateEngineOverride', 'md');
      config.amendLibrary('md', setUpMarkdown);
      for (const { path: place, markdown, data } of inputs)
        config.addTemplate(`${place === '' ? 'index' : place}.md`, markdown, { docs: data, permalink: fileOf(place) });
    },
  });
  const rendered = await eleventy.toJSON();
  const byFile = new Map(
    rendered.map(({ outputPath, content }) => [outputPath.split('build/eleventy/')[1] ?? outputPath, content]),
  );
  for (const { path: place } of inputs) if (!byFile.has(fileOf(place))) throw new Error(`${place} was not rendered`);
  return byFile;
}

function fileOf(place: string): string {
  return `${place === '' ? 'index' : place}.html`;
}
