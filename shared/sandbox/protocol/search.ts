import type { Entity } from '../../catalog/types.ts';
import { kindOf, type Context } from '../context.ts';
import { tokenPage } from './lists.ts';
import { bad } from '../refusal.ts';
import { isPlain, type Stored } from '../store.ts';

/** One test of a query: `email:"a@b.c"`, `name~"ann"`, `created>1700000000`, `metadata["key"]:"value"`, `-status:"x"`. */
interface Test {
  readonly negative: boolean;
  readonly path: readonly string[];
  readonly operator: string;
  readonly value: string;
}

const TEST = /\s*(-?)([a-z_][a-z0-9_.]*)(?:\["((?:[^"\\]|\\.)*)"\])?(:|~|>=|<=|>|<)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;

/** The Search API, without its lag. https://docs.stripe.com/search#search-query-language */
export function search(context: Context, entity: Entity, path: string): object {
  const tests = parse(String(context.params['query']));
  const objects = context.account
    .all(kindOf(entity))
    .filter((object) => object['deleted'] !== true && tests.every((one) => passes(object, one)))
    .reverse();
  const { data, next } = tokenPage(objects, context.params);
  return { object: 'search_result', data, has_more: next !== undefined, next_page: next ?? null, url: path };
}

function parse(query: string): Test[] {
  const tests: Test[] = [];
  for (let position = 0; ;) {
    TEST.lastIndex = position;
    const found = TEST.exec(query);
    if (found === null) throw malformed(query);
    const [, minus, field = '', key, operator = '', text, word = ''] = found;
    const path = key === undefined ? field.split('.') : [field, unescaped(key)];
    tests.push({ negative: minus === '-', path, operator, value: text === undefined ? word : unescaped(text) });
    position = TEST.lastIndex;
    if (position >= query.length) return tests;
    const joint = / +AND +/y;
    joint.lastIndex = position;
    if (joint.exec(query) === null) throw malformed(query);
    position = joint.lastIndex;
  }
}

function malformed(query: string): Error {
  return bad(`We were unable to parse your search query: ${query}`, { param: 'query' });
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function passes(object: Stored, { negative, path, operator, value }: Test): boolean {
  const actual = path.reduce<unknown>((tree, name) => (isPlain(tree) ? tree[name] : undefined), object);
  return compares(actual, operator, value) !== negative;
}

/** Texts are compared without case, as Stripe does. */
function compares(actual: unknown, operator: string, value: string): boolean {
  if (actual === null || actual === undefined) return operator === ':' && value === 'null';
  const one = String(actual).toLowerCase();
  const other = value.toLowerCase();
  switch (operator) {
    case ':':
      return one === other;
    case '~':
      return other.length >= 3 && one.includes(other);
    case '>':
      return Number(actual) > Number(value);
    case '<':
      return Number(actual) < Number(value);
    case '>=':
      return Number(actual) >= Number(value);
    default:
      return Number(actual) <= Number(value);
  }
}
