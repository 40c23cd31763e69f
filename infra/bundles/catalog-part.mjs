/** Copies the files of the catalog that a bundle needs to the folder of the bundle. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';
import { actionOf, baseFunction, readCatalog } from './manifest.mjs';
import { packedText, textsBelow, writePack } from './text-pack.mjs';

const CATALOG = path.join(root, 'shared/catalog');
const POLICY = 'write-policy.json';

/** Maximum depth of nested expansions in a call to Stripe. https://docs.stripe.com/api/expanding_objects */
const MAX_EXPAND_DEPTH = 4;

/**
 * Returns the files of these entities, and of the entities whose objects Stripe may return inside theirs (`expand`).
 * The connector needs these files to convert expanded objects to columns.
 */
function expandableFiles(names) {
  const files = new Set();
  let next = names;
  for (let depth = 0; depth < MAX_EXPAND_DEPTH && next.length > 0; depth += 1) {
    const named = next.filter((name) => typeof name === 'string').map((name) => `entities/${entityFile(name)}`);
    const newFiles = [...new Set(named)].filter((file) => !files.has(file) && existsSync(path.join(CATALOG, file)));
    for (const file of newFiles) files.add(file);
    next = newFiles.flatMap((file) => references(readCatalog(file).fields));
  }
  return [...files];
}

/** Returns the file name that the generator gives an entity. */
function entityFile(name) {
  return `${name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}.json`;
}

/** Returns the names of the entities that a type refers to, at any depth. */
function references(value) {
  if (typeof value !== 'object' || value === null) return [];
  const named = typeof value.reference === 'string' ? [value.reference, ...(value.also ?? [])] : [];
  return [...named, ...Object.values(value).flatMap(references)];
}

/** Packs the catalog for the command and the local server. */
export function packWholeCatalog(folder) {
  const parts = ['entities', 'actions'].flatMap((part) =>
    Object.entries(textsBelow(path.join(CATALOG, part))).map(([file, text]) => [`${part}/${file}`, text]),
  );
  const policy = packedText(path.join(CATALOG, POLICY));
  writePack(path.join(folder, 'catalog'), { ...Object.fromEntries(parts), [POLICY]: policy });
}

function copyWholeCatalog(folder) {
  for (const part of ['entities', 'actions'])
    cpSync(path.join(CATALOG, part), path.join(folder, 'catalog', part), { recursive: true });
  copyPolicy(folder);
}

/** Copies the data of the write policy. Every function needs the data, because any connection may have a policy. */
function copyPolicy(folder) {
  cpSync(path.join(CATALOG, POLICY), path.join(folder, 'catalog', POLICY));
}

/**
 * Copies the files that a function may need. For an operation or an action, these are the files of its entities or
 * actions, and of the entities that these refer to. Any other function gets the whole catalog.
 */
export function copyCatalog(row, folder) {
  const base = baseFunction(row);
  const entities = readCatalog('entities/index.json');
  const actions = readCatalog('actions/index.json');
  if (!/^(actions|entities)\//.test(base.source)) return copyWholeCatalog(folder);
  const isAction = base.source.startsWith('actions/');
  const all = isAction ? actions.actions : entities.entities;
  const named = row.entities ?? row.actions ?? (isAction && base.actions === undefined ? [actionOf(base)] : undefined);
  // Without names in the manifest entry the function may expose everything, so it needs every file.
  const exposed = named === undefined || named.length === 0 ? Object.keys(all) : named;
  const exposedIndex = Object.fromEntries(exposed.map((name) => [name, all[name]]));
  const part = isAction ? 'actions' : 'entities';
  const files = Object.values(exposedIndex).map((entry) => `${part}/${entry.file ?? entry}`);
  const definitions = files.map(readCatalog);
  const referredFiles = expandableFiles(
    definitions.flatMap((definition) => [definition.answer, ...references(definition)]),
  );
  for (const name of ['entities', 'actions']) mkdirSync(path.join(folder, 'catalog', name), { recursive: true });
  const indexes = { entities, actions };
  for (const name of ['entities', 'actions'])
    writeFileSync(
      path.join(folder, 'catalog', name, 'index.json'),
      JSON.stringify({ ...indexes[name], [name]: name === part ? exposedIndex : {} }),
    );
  copyPolicy(folder);
  for (const file of new Set([...files, ...referredFiles]))
    cpSync(path.join(CATALOG, file), path.join(folder, 'catalog', file));
}
