import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Entity, Fields, Operation } from '../catalog/shapes.ts';
import type { Catalogue } from '../ports/catalogue.ts';

interface Index {
  readonly entities: Readonly<Record<string, { readonly file: string; readonly operations: readonly Operation[] }>>;
}

/** The catalogue from the generated files of a folder: a small index, then one file an entity at its first use. */
export function catalogueFiles(folder: string): Catalogue {
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const entities = new Map<string, Entity>();
  let index: Index['entities'] | undefined;
  let spellings: Map<string, string> | undefined;
  const rows = (): Index['entities'] => (index ??= (read('entities/index.json') as Index).entities);
  return {
    nameOf(written) {
      spellings ??= new Map(
        Object.keys(rows()).flatMap((name) => [name, plural(name)].map((one) => [one.toLowerCase(), name])),
      );
      return spellings.get(written.toLowerCase());
    },
    names: () => Object.keys(rows()),
    operationsOf: (entity) => rows()[entity]?.operations ?? [],
    entity(name) {
      const known = entities.get(name);
      if (known !== undefined) return known;
      const row = rows()[name];
      if (row === undefined) throw new RangeError(`no entity ${name}`);
      const entity = read(`entities/${row.file}`) as Entity;
      entities.set(name, entity);
      return entity;
    },
    actionParams(action) {
      const file = action.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
      return (read(`action-parameters/${file}.json`) as { params: Fields }).params;
    },
  };
}

/** `Balance` -> `Balances`, `Dispute` -> `Disputes`, `CountrySpec` -> `CountrySpecs`, `Reporting.X` -> `Reporting.Xs`. */
function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
}
