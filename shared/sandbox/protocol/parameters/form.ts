/** A form body or a query as a tree: strings at the leaves. */
export interface FormTree {
  [key: string]: string | FormTree | (string | FormTree)[];
}

export type FormNode = string | FormTree | (string | FormTree)[];

/** Reads Stripe's bracket notation: `a[b]=1`, `a[0]=x`, `a[]=x`. Throws on brackets that do not close. */
export function parseForm(text: string): FormTree {
  const root = emptyTree();
  if (text === '') return root;
  for (const pair of text.split('&')) {
    const cut = pair.indexOf('=');
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? '' : decode(pair.slice(cut + 1));
    put(root, keysOf(name), value);
  }
  return withArrays(root) as FormTree;
}

/** API v2 speaks JSON: the same tree, null where a form has an empty value. */
export function parseJson(text: string): FormTree {
  const leaves = (value: unknown): FormNode => {
    if (value === null) return '';
    if (Array.isArray(value)) return value.map(leaves) as (string | FormTree)[];
    if (typeof value !== 'object') return String(value);
    return Object.fromEntries<FormNode>(Object.entries(value).map(([key, inner]) => [key, leaves(inner)]));
  };
  return leaves(text === '' ? {} : (JSON.parse(text) as object)) as FormTree;
}

function emptyTree(): FormTree {
  return Object.create(null) as FormTree;
}

/** A percent sign that begins no escape stands for itself, as web servers read it. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function keysOf(name: string): string[] {
  const [first, ...rest] = name.split('[');
  return [first ?? '', ...rest.map((part) => part.replace(/\]$/, ''))];
}

function put(tree: FormTree, keys: readonly string[], value: string): void {
  const [key = '', ...rest] = keys;
  const own = key === '' ? String(Object.keys(tree).length) : key;
  if (rest.length === 0) {
    tree[own] = value;
    return;
  }
  const inner = tree[own];
  const next = typeof inner === 'object' && !Array.isArray(inner) ? inner : emptyTree();
  tree[own] = next;
  put(next, rest, value);
}

/** A tree whose keys are 0, 1, 2 ... was an array. */
function withArrays(node: FormNode): FormNode {
  if (typeof node === 'string' || Array.isArray(node)) return node;
  const keys = Object.keys(node);
  const inner = keys.map((key) => withArrays(node[key] as FormNode));
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) return inner as (string | FormTree)[];
  return Object.fromEntries<FormNode>(keys.map((key, index) => [key, inner[index] as FormNode]));
}

/** Parameters in Stripe's bracket notation; undefined ones are left out. */
export function encodeForm(params: Readonly<Record<string, unknown>>): string {
  const pairs = (name: string, value: unknown): string[] => {
    if (value === undefined) return [];
    if (typeof value !== 'object' || value === null)
      return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
    return Object.entries(value).flatMap(([key, inner]) => pairs(`${name}[${key}]`, inner));
  };
  return Object.entries(params)
    .flatMap(([name, value]) => pairs(name, value))
    .join('&');
}
