import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { actionRowOf, type ActionRow } from '../catalog/actions.ts';
import type { Action, Entity, Operation } from '../catalog/types.ts';
import type { PolicyFacts } from '../catalog/money/write-facts.ts';
import { lazily } from '../memoize.ts';
import type { Catalogue } from '../ports/catalog.ts';

interface EntityIndex {
  readonly entities: Readonly<Record<string, { readonly file: string; readonly operations: readonly Operation[] }>>;
}

interface ActionIndex {
  readonly actions: Readonly<Record<string, string>>;
}

/** The catalogue from the generated files of a folder: a small index, then one file an entity at its first use. */
export function catalogueFiles(folder: string): Catalogue {
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const entities = new Map<string, Entity>();
  const described = new Map<string, Entity['fields'] | undefined>();
  const actions = new Map<string, ActionRow>();
  const rows = lazily(() => (read('entities/index.json') as EntityIndex).entities);
  const actionFiles = lazily(() => (read('actions/index.json') as ActionIndex).actions);
  const spellings = lazily(
    () => new Map(Object.keys(rows()).flatMap((name) => [name, plural(name)].map((one) => [one.toLowerCase(), name]))),
  );
  const entityFrom = (name: string, file: string): Entity => {
    const entity = entities.get(name) ?? (read(`entities/${file}`) as Entity);
    entities.set(name, entity);
    return entity;
  };
  return {
    nameOf: (written) => (Object.hasOwn(rows(), written) ? written : spellings().get(written.toLowerCase())),
    names: () => Object.keys(rows()),
    operationsOf: (entity) => rows()[entity]?.operations ?? [],
    entity(name) {
      const row = rows()[name];
      if (row === undefined) throw new RangeError(`no entity ${name}`);
      return entityFrom(name, row.file);
    },
    fieldsOf(name) {
      if (!described.has(name)) {
        const file = fileName(name);
        const there = existsSync(path.join(folder, 'entities', file));
        described.set(name, there ? entityFrom(name, file).fields : undefined);
      }
      return described.get(name);
    },
    actionNames: () => Object.keys(actionFiles()),
    action(name) {
      const known = actions.get(name);
      if (known !== undefined) return known;
      if (!Object.hasOwn(actionFiles(), name)) return undefined;
      const row = actionRowOf(read(`actions/${actionFiles()[name]}`) as Action);
      actions.set(name, row);
      return row;
    },
    policyFacts: lazily(() => read('write-policy.json') as PolicyFacts),
  };
}

/** `Issuing.Card` -> `issuing.card.json`: how the generator names its files. */
function fileName(name: string): string {
  return `${name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}.json`;
}

/** `Balance` -> `Balances`, `Dispute` -> `Disputes`, `CountrySpec` -> `CountrySpecs`, `Reporting.X` -> `Reporting.Xs`. */
function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
}
