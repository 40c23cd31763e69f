/**
 * Types of the parts of highlight.js that the site uses. The package's own types need the types of the DOM, which
 * server code does not have, so tsconfig.json maps the package to this file.
 * https://highlightjs.readthedocs.io/en/latest/api.html
 */
declare const highlighter: {
  highlight(code: string, options: { readonly language: string }): { readonly value: string };
};
export default highlighter;
