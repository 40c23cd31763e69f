/**
 * What the site uses of highlight.js. Its own types refer to the DOM, which the server's code does not have. tsconfig.json
 * maps the package here. https://highlightjs.readthedocs.io/en/latest/api.html
 */
declare const highlighter: {
  highlight(code: string, options: { readonly language: string }): { readonly value: string };
};
export default highlighter;
