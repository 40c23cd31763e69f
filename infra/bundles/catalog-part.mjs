/** Copies the files of the catalog that a bundle needs next to it. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';
import { actionOf, baseFunction, readCatalog } from './manifest.mjs';

const CATALOG = path.join(root, 'shared/catalog');

/** Limit of nested expansions of a call. https://docs.stripe.com/api/expanding_objects */
const MAX_EXPAND_DEPTH = 4;

/**
 * Returns the files of these entities and of the entities that their expansions can lead to, whose columns rows may have.
 */
function referred(names) {
  const files = new Set();
  let next = names;
  for (let depth = 0; depth < MAX_EXPAND_DEPTH && next.length > 0; depth += 1) {
    const found = next.filter((name) => typeof name === 'string').map((name) => `entities/${entityFile(name)}`);
    const fresh = [...new Set(found)].filter((file) => !files.has(file) && existsSync(path.join(CATALOG, file)));
    for (const file of fresh) files.add(file);
    next = fresh.flatMap((file) => references(readCatalog(file).fields));
  }
  return [...files];
}

/** Returns the file name that the generator gives an entity. */
function entityFile(name) {
  return `${name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}.json`;
}

/** Returns every entity that a type refers to, for expanded references. */
function references(value) {
  if (typeof value !== 'object' || value === null) return [];
  const own = typeof value.reference === 'string' ? [value.reference, ...(value.also ?? [])] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

export function copyWholeCatalog(folder) {
  for (const part of ['entities', 'actions'])
    cpSync(path.join(CATALOG, part), path.join(folder, 'catalog', part), { recursive: true });
  copyPolicy(folder);
}

/** Copies the data of the write policy, which any connection may have. */
function copyPolicy(folder) {
  cpSync(path.join(CATALOG, 'write-policy.json'), path.join(folder, 'catalog', 'write-policy.json'));
}

/** Copies the files that a function may need: those of its entities, what they refer to, and its actions. */
export function copyCatalog(row, folder) {
  const whole = baseFunction(row);
  const entities = readCatalog('entities/index.json');
  const actions = readCatalog('actions/index.json');
  if (!/^(actions|entities)\//.test(whole.source)) return copyWholeCatalog(folder);
  const ofAction = whole.source.startsWith('actions/');
  const every = ofAction ? actions.actions : entities.entities;
  const named =
    row.entities ?? row.actions ?? (ofAction && whole.actions === undefined ? [actionOf(whole)] : undefined);
  // Without names in the manifest entry the function may expose everything, so it needs every file.
  const served = named === undefined || named.length === 0 ? Object.keys(every) : named;
  const offered = Object.fromEntries(served.map((name) => [name, every[name]]));
  const part = ofAction ? 'actions' : 'entities';
  const files = Object.values(offered).map((one) => `${part}/${one.file ?? one}`);
  const more = referred(files.map(readCatalog).flatMap((one) => [one.answer, ...references(one)]));
  for (const name of ['entities', 'actions']) mkdirSync(path.join(folder, 'catalog', name), { recursive: true });
  const index = { entities, actions };
  for (const name of ['entities', 'actions'])
    writeFileSync(
      path.join(folder, 'catalog', name, 'index.json'),
      JSON.stringify({ ...index[name], [name]: name === part ? offered : {} }),
    );
  copyPolicy(folder);
  for (const file of new Set([...files, ...more])) cpSync(path.join(CATALOG, file), path.join(folder, 'catalog', file));
}
