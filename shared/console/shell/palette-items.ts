import type { ConsoleCatalog } from '../api/discovery.ts';
import { COMMON_ENTITIES } from './recent-entities.ts';
import { entityOfId } from '../format/ids.ts';
import { isIdLike, searchKey, searchKeys } from '../format/words.ts';
import { hashOf } from '../state/hash.ts';
import type { ThemeChoice } from '../state/theme.ts';
import type { PageEntry } from './pages-list.ts';
import {
  documentationCandidates,
  exportCandidates,
  SAVED_VIEWS,
  taskCandidates,
  THEME_CANDIDATES,
} from './palette-tasks.ts';

/** One line of the palette. */
export interface PaletteItem {
  /** An address of the console or of the documentation. For a theme, a unique name. */
  readonly hash: string;
  readonly text: string;
  /** `Task`, `Entity`, `Action`, `Form`, `Page`, `View`, `Object`, `Operation`, `Events`, `Search`, `Export`, ... */
  readonly kind: string;
  readonly note?: string | undefined;
  /** The theme that the line sets, instead of opening an address. */
  readonly theme?: ThemeChoice;
}

export interface PaletteCandidate extends PaletteItem {
  readonly keys: readonly string[];
}

const MAX_PALETTE_ITEMS = 40;

/** A UUID, as the connector generates operation ids. */
const GENERATED_ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * Returns the lines for what a user typed: tasks, entities, actions, pages and themes by name, objects and operations
 * by id, and customers by email. `hasDocumentation` is true if the server serves the documentation.
 */
export function paletteItems(
  text: string,
  catalog: ConsoleCatalog,
  pages: readonly PageEntry[],
  hasDocumentation = false,
): readonly PaletteItem[] {
  const trimmed = text.trim();
  // A key or a secret must not become part of an address, so it finds nothing.
  if (/^(sk|rk|whsec)_|_secret_/.test(trimmed)) return [];
  if (trimmed === '') return firstItems(catalog, pages);
  const typedKeys = searchKeys(trimmed);
  const all = [
    ...candidates(catalog, pages),
    ...taskCandidates(catalog),
    ...THEME_CANDIDATES,
    ...(hasDocumentation ? documentationCandidates() : []),
    ...exportCandidates(catalog),
  ];
  const ranked = all.flatMap((candidate): (readonly [number, PaletteItem])[] => {
    const rank = keyRank(candidate.keys, typedKeys);
    return rank === undefined ? [] : [[rank, candidate]];
  });
  ranked.sort((a, b) => a[0] - b[0] || a[1].text.length - b[1].text.length);
  const found = [
    ...itemsOfId(trimmed, catalog),
    ...itemsOfPrefix(trimmed, catalog),
    ...itemsOfEmail(trimmed, catalog),
    ...ranked.map(([, item]) => item),
  ].slice(0, MAX_PALETTE_ITEMS);
  // A text without a digit or a dash is a search, not an id of an operation.
  const isOperationId = /^[\w.:-]{3,255}$/.test(trimmed) && /[\d-]/.test(trimmed);
  return isOperationId && !found.some(({ kind }) => kind === 'Operation') ? [...found, operationItem(trimmed)] : found;
}

/** The lines before the user types: the pages, then the entities that most accounts use. */
function firstItems(catalog: ConsoleCatalog, pages: readonly PageEntry[]): readonly PaletteItem[] {
  const all = candidates(catalog, pages);
  const common = COMMON_ENTITIES.flatMap((name) => all.filter(({ kind, text }) => kind === 'Entity' && text === name));
  return [...all.filter(({ kind }) => kind === 'Page'), ...common];
}

/** Finds an entity by the prefix of its ids: `ch_` finds Charge. */
function itemsOfPrefix(text: string, { entities }: ConsoleCatalog): PaletteItem[] {
  const prefix = /^([a-z]+)_$/.exec(text)?.[1];
  return entities
    .filter(({ idPrefix }) => prefix !== undefined && idPrefix === prefix)
    .map(({ name }) => ({
      hash: hashOf(['entity', name]),
      kind: 'Entity',
      text: name,
      note: `ids begin with ${text}`,
    }));
}

function operationItem(id: string): PaletteItem {
  return { hash: hashOf(['operations', id]), text: id, kind: 'Operation', note: 'the record of an operationId' };
}

function itemsOfId(text: string, catalog: ConsoleCatalog): PaletteItem[] {
  const id = /(?:^|\/)([a-z]+_\w+)$/.exec(text)?.[1] ?? text;
  const byRecord = operationItem(id);
  if (GENERATED_ID.test(id)) return [byRecord];
  if (!isIdLike(id)) return [];
  const entity = entityOfId(id, catalog.entities);
  if (entity === undefined) return [byRecord];
  const events = {
    hash: hashOf(['events'], { object: id }),
    kind: 'Events',
    text: id,
    note: 'events of this object',
  };
  return [{ hash: hashOf(['object', entity, id]), kind: 'Object', text: id, note: entity }, events];
}

/** Finds the customers with an email address. */
function itemsOfEmail(text: string, { entities }: ConsoleCatalog): PaletteItem[] {
  const isOffered = entities.some(({ name, operations }) => name === 'Customer' && operations.includes('List'));
  if (!isOffered || !/^[^\s@']+@[^\s@'.]+(?:\.[^\s@'.]+)+$/.test(text)) return [];
  return [
    {
      hash: hashOf(['entity', 'Customer'], { filter: `Email = '${text}'` }),
      kind: 'Search',
      text: `Customers with the email ${text}`,
    },
  ];
}

function candidates({ entities, actions }: ConsoleCatalog, pages: readonly PageEntry[]): PaletteCandidate[] {
  return [
    ...pages.map(({ segment, text, words }) => ({
      hash: hashOf(segment === '' ? [] : [segment]),
      text,
      kind: 'Page',
      keys: [searchKey(text), ...words.split(' ')],
    })),
    ...SAVED_VIEWS.map(({ words, ...item }) => ({ ...item, kind: 'View', keys: words.split(' ').map(searchKey) })),
    ...entities.flatMap(({ name, operations }) => [
      {
        hash: hashOf(['entity', name]),
        text: name,
        kind: 'Entity',
        note: operations.join(', '),
        keys: [searchKey(name), searchKey(name.replace(/^.*\./, ''))],
      },
      ...operations
        .filter((operation) => operation !== 'List')
        .map((operation) => ({
          hash: hashOf(['entity', name, operation]),
          text: `${operation} ${name}`,
          kind: 'Form',
          // With the entity's name as a key, Create is listed before lines that only contain the name.
          keys: [
            searchKey(`${operation} ${name}`),
            ...(operation === 'Create' ? [searchKey(`new ${name}`), searchKey(name)] : []),
          ],
        })),
    ]),
    ...actions.map(({ name, title, entity }) => ({
      hash: hashOf(['action', name]),
      text: title,
      kind: 'Action',
      note: entity,
      keys: [searchKey(name), ...verbWithArticle(title)],
    })),
  ];
}

/** Keys with an article after the verb, so that `pay an invoice` finds Pay Invoice. */
function verbWithArticle(title: string): string[] {
  const [verb = '', ...rest] = title.split(' ');
  return ['a', 'an', 'the'].map((article) => searchKey(`${verb} ${article} ${rest.join(' ')}`));
}

/** The rank of a line by the best match of a key. 0 is the best rank. Undefined if no key matches. */
function keyRank(keys: readonly string[], typedKeys: readonly string[]): number | undefined {
  const ranks = typedKeys.flatMap((text, index) =>
    keys.flatMap((key, position) => {
      const baseRank = index * 10 + Math.min(position, 1);
      if (key === text) return [baseRank];
      if (key.startsWith(text)) return [baseRank + 2];
      return text.length > 1 && key.includes(text) ? [baseRank + 4] : [];
    }),
  );
  return ranks.length === 0 ? undefined : Math.min(...ranks);
}
