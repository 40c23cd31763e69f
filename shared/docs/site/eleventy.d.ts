/** Types of the parts of Eleventy 3 that the site uses. Eleventy has no types of its own. https://www.11ty.dev/docs/programmatic/ */
declare module '@11ty/eleventy' {
  import type { MarkdownIt } from './markdown/markdown-it.ts';

  export interface UserConfig {
    addGlobalData(name: string, value: unknown): void;
    /** https://www.11ty.dev/docs/virtual-templates/ */
    addTemplate(path: string, content: string, data: Readonly<Record<string, unknown>>): void;
    addFilter(name: string, filter: (value: never) => unknown): void;
    amendLibrary(engine: 'md', change: (library: MarkdownIt) => void): void;
    setUseGitIgnore(use: boolean): void;
  }

  export interface RenderedTemplate {
    /** File below the output folder. */
    readonly outputPath: string;
    readonly content: string;
  }

  export default class Eleventy {
    constructor(
      input: string,
      output: string,
      options: { readonly quietMode: boolean; readonly configPath: null; config(config: UserConfig): void },
    );
    toJSON(): Promise<RenderedTemplate[]>;
  }
}
