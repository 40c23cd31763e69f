/** Types of the parts of markdown-it that the site uses. Eleventy includes markdown-it. https://markdown-it.github.io/markdown-it/ */

export interface MarkdownToken {
  readonly type: string;
  readonly tag: string;
  readonly info: string;
  readonly content: string;
  readonly children: readonly MarkdownToken[] | null;
  attrSet(name: string, value: string): void;
  attrGet(name: string): string | null;
}

export type RenderRule = (tokens: readonly MarkdownToken[], index: number) => string;

export interface MarkdownIt {
  readonly renderer: { readonly rules: Record<string, RenderRule | undefined> };
  readonly core: {
    readonly ruler: {
      push(name: string, rule: (state: { readonly tokens: readonly MarkdownToken[] }) => void): void;
    };
  };
  readonly utils: { readonly escapeHtml: (text: string) => string };
  set(options: { readonly html: boolean }): void;
  render(markdown: string): string;
}
