import type { Action, Entity, Operation } from '../catalog/types.ts';
import type { PolicyTable } from '../catalog/money/write-facts.ts';
import { lazy } from '../memoize.ts';
import type { Catalog } from '../ports/catalog.ts';
import { folderTexts } from './packed-folder.ts';

interface EntityIndex {
  readonly entities: Readonly<Record<string, { readonly file: string; readonly operations: readonly Operation[] }>>;
}

interface ActionIndex {
  readonly actions: Readonly<Record<string, string>>;
}

/**
 * Reads the catalog from the generated files in `folder`, or from the pack of the folder if there is one. Each index is
 * read at the first look-up, and the file of an entity or an action when it is first used.
 */
export function catalogFiles(folder: string): Catalog {
  const files = folderTexts(folder);
  const read = (file: string): unknown => JSON.parse(files.read(file));
  const entities = new Map<string, Entity>();
  const fieldsByEntity = new Map<string, Entity['fields'] | undefined>();
  const actions = new Map<string, Action>();
  const entityIndex = lazy(() => (read('entities/index.json') as EntityIndex).entities);
  const actionFiles = lazy(() => (read('actions/index.json') as ActionIndex).actions);
  /** Entity names by their singular and their plural, both in lower case. */
  const namesBySpelling = lazy(
    () =>
      new Map(
        Object.keys(entityIndex()).flatMap((name) => [name, plural(name)].map((text) => [text.toLowerCase(), name])),
      ),
  );
  const readEntity = (name: string, file: string): Entity => {
    const entity = entities.get(name) ?? (read(`entities/${file}`) as Entity);
    entities.set(name, entity);
    return entity;
  };
  return {
    nameOf: (requestedName) =>
      Object.hasOwn(entityIndex(), requestedName) ? requestedName : namesBySpelling().get(requestedName.toLowerCase()),
    names: () => Object.keys(entityIndex()),
    operationsOf: (entity) => entityIndex()[entity]?.operations ?? [],
    entity(name) {
      const indexEntry = entityIndex()[name];
      if (indexEntry === undefined) throw new RangeError(`no entity ${name}`);
      return readEntity(name, indexEntry.file);
    },
    fieldsOf(name) {
      if (!fieldsByEntity.has(name)) {
        const file = fileName(name);
        fieldsByEntity.set(name, files.has(`entities/${file}`) ? readEntity(name, file).fields : undefined);
      }
      return fieldsByEntity.get(name);
    },
    actionNames: () => Object.keys(actionFiles()),
    action(name) {
      const cached = actions.get(name);
      if (cached !== undefined || !Object.hasOwn(actionFiles(), name)) return cached;
      const action = read(`actions/${actionFiles()[name]}`) as Action;
      actions.set(name, action);
      return action;
    },
    policyTable: lazy(() => read('write-policy.json') as PolicyTable),
  };
}

/** Returns the name of a generated file: `Issuing.Card` -> `issuing.card.json`. */
function fileName(name: string): string {
  return `${name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}.json`;
}

/** Returns the plural of an entity's name: `Balance` -> `Balances`, `Tax.Registry` -> `Tax.Registries`. */
function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
}
