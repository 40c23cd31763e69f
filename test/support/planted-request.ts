/** Requests that are made of the catalog's own shapes: what a write needs, and one value planted in one input. */
import { pascal } from '../../shared/catalog/names.ts';
import { parentsOf } from '../../shared/catalog/routes.ts';
import type { Fields, Route, FieldType, TextForm } from '../../shared/catalog/types.ts';

type Input = Record<string, unknown>;

/** More inputs in addition to the planted value, by path. */
export interface Planted {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The caller's input of a call: parents, required inputs, and the planted values. */
export function plantedInput(route: Pick<Route, 'path' | 'params'>, planted: readonly Planted[], key = 'usd'): Input {
  const parents = parentsOf(route.path).map((name) => [pascal(name), 'one_1'] as const);
  const params = Object.entries(filled(route.params, planted, key)).map(
    ([name, value]) => [pascal(name), value] as const,
  );
  return Object.fromEntries([...parents, ...params]);
}

/** `key` stands for the free keys of maps: a currency. */
function filled(fields: Fields, planted: readonly Planted[], key: string): Input {
  const entries = Object.entries(fields).flatMap(([name, { type, required }]) => {
    const here = planted
      .filter(({ path }) => path[0] === name)
      .map(({ path, value }) => ({ path: path.slice(1), value }));
    if (here.length > 0) return [[name, through(type, here, key)] as const];
    return required ? [[name, plain(type, name, key)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function through(shape: FieldType, planted: readonly Planted[], key: string): unknown {
  if (typeof shape === 'string') return planted[0]?.value;
  if ('anyOf' in shape) {
    const fits = shape.anyOf.find((one) => planted.every(({ path }) => leads(one, path)));
    return through(fits ?? 'json', planted, key);
  }
  if ('array' in shape) return [through(shape.array, planted, key)];
  if ('map' in shape) return { [key]: through(shape.map, planted, key) };
  return 'object' in shape ? filled(shape.object, planted, key) : planted[0]?.value;
}

/** Whether a path goes on inside a shape; a planted number goes where numbers are. */
function leads(shape: FieldType, path: readonly string[]): boolean {
  if (typeof shape === 'string') return path.length === 0 && shape !== 'string' && shape !== 'boolean';
  if ('array' in shape) return leads(shape.array, path);
  if ('map' in shape) return leads(shape.map, path);
  if ('anyOf' in shape) return shape.anyOf.some((one) => leads(one, path));
  if (!('object' in shape)) return path.length === 0 && 'range' in shape;
  const [name = '', ...rest] = path;
  const inner = Object.hasOwn(shape.object, name) ? shape.object[name] : undefined;
  return inner !== undefined && (rest.length === 0 || leads(inner.type, rest));
}

/** What an object needs; where that is nothing, one field of it, because an empty object is nothing in a form. */
function something(fields: Fields, key: string): Input {
  const needed = filled(fields, [], key);
  if (Object.keys(needed).length > 0) return needed;
  const one = KINDS.flatMap((isKind) => Object.entries(fields).filter(([, { type }]) => isKind(type))).at(0);
  return one === undefined ? {} : { [one[0]]: plain(one[1].type, one[0], key) };
}

/** Kinds of fields that name no money, the simplest first. */
const KINDS: readonly ((shape: FieldType) => boolean)[] = [
  (shape) => shape === 'boolean',
  (shape) => typeof shape === 'object' && 'enum' in shape,
  (shape) => typeof shape === 'object' && 'object' in shape,
  (shape) => shape === 'string',
  (shape) => typeof shape === 'object' && 'array' in shape,
];

export function plain(shape: FieldType, name: string, key: string): unknown {
  if (typeof shape === 'string') {
    if (shape === 'string') return /currenc/.test(name) ? 'usd' : 'x';
    if (shape === 'boolean') return false;
    return shape === 'decimal' ? '1' : shape === 'json' ? 'x' : 1;
  }
  if ('enum' in shape) return shape.enum[0];
  if ('object' in shape) return something(shape.object, key);
  if ('array' in shape) return [plain(shape.array, name, key)];
  if ('anyOf' in shape) return plain(shape.anyOf[0] ?? 'json', name, key);
  if ('text' in shape) return FILE_TEXTS[shape.text];
  return 'map' in shape ? { [key]: plain(shape.map, name, key) } : 'reference' in shape ? 'x' : 1;
}

/** What the inputs of a file take. */
export const FILE_TEXTS: Readonly<Record<TextForm, string>> = {
  base64: Buffer.from('%PDF-1.4\n').toString('base64'),
  fileName: 'x.pdf',
  mediaType: 'application/pdf',
};
