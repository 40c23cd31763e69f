/** A form body or a query string as a tree of strings. */
export interface FormTree {
  [key: string]: string | FormTree | (string | FormTree)[];
}

export type FormNode = string | FormTree | (string | FormTree)[];

/** Parses Stripe's bracket notation: `a[b]=1`, `a[0]=x`, `a[]=x`. A missing closing bracket is ignored. */
export function parseForm(text: string): FormTree {
  const root = emptyTree();
  if (text === '') return root;
  for (const pair of text.split('&')) {
    const separator = pair.indexOf('=');
    const name = decode(separator < 0 ? pair : pair.slice(0, separator));
    const value = separator < 0 ? '' : decode(pair.slice(separator + 1));
    putValue(root, keysOf(name), value);
  }
  return withArrays(root) as FormTree;
}

/**
 * Parses a JSON body of API v2 to the tree that `parseForm` returns. Null becomes the empty string, which unsets a
 * field.
 */
export function parseJson(text: string): FormTree {
  const toTree = (value: unknown): FormNode => {
    if (value === null) return '';
    if (Array.isArray(value)) return value.map(toTree) as (string | FormTree)[];
    if (typeof value !== 'object') return String(value);
    return Object.fromEntries<FormNode>(Object.entries(value).map(([key, child]) => [key, toTree(child)]));
  };
  return toTree(text === '' ? {} : (JSON.parse(text) as object)) as FormTree;
}

function emptyTree(): FormTree {
  return Object.create(null) as FormTree;
}

/** Decodes a name or a value. In a text with an invalid escape sequence, only `+` is decoded. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Splits a name into its keys: `a[b][0]` -> `a`, `b`, `0`. */
function keysOf(name: string): string[] {
  const [first, ...rest] = name.split('[');
  return [first ?? '', ...rest.map((part) => part.replace(/\]$/, ''))];
}

/** Sets the value at a path of keys. An empty key, as in `a[]=x`, appends the value. */
function putValue(tree: FormTree, keys: readonly string[], value: string): void {
  const [key = '', ...rest] = keys;
  const member = key === '' ? String(Object.keys(tree).length) : key;
  if (rest.length === 0) {
    tree[member] = value;
    return;
  }
  const child = tree[member];
  const next = typeof child === 'object' && !Array.isArray(child) ? child : emptyTree();
  tree[member] = next;
  putValue(next, rest, value);
}

/** Converts each hash with the keys 0, 1, 2 ... to an array. */
function withArrays(node: FormNode): FormNode {
  if (typeof node === 'string' || Array.isArray(node)) return node;
  const keys = Object.keys(node);
  const children = keys.map((key) => withArrays(node[key] as FormNode));
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) return children as (string | FormTree)[];
  return Object.fromEntries<FormNode>(keys.map((key, index) => [key, children[index] as FormNode]));
}

/** Encodes parameters in Stripe's bracket notation. Undefined parameters are omitted. */
export function encodeForm(params: Readonly<Record<string, unknown>>): string {
  const pairs = (name: string, value: unknown): string[] => {
    if (value === undefined) return [];
    if (typeof value !== 'object' || value === null)
      return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
    return Object.entries(value).flatMap(([key, child]) => pairs(`${name}[${key}]`, child));
  };
  return Object.entries(params)
    .flatMap(([name, value]) => pairs(name, value))
    .join('&');
}
