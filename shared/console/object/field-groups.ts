import type { ColumnDescriptor } from '../../schema/columns.ts';
import { INFORMATIVE_COLUMNS } from '../entity/default-columns.ts';

export interface ColumnGroup {
  readonly title: string;
  readonly columns: readonly ColumnDescriptor[];
  /** The words that all columns of the group begin with. Empty for the groups Summary, More and Technical. */
  readonly prefix: string;
}

/** Columns of the group Summary, in this order. */
const SUMMARY = [
  ...INFORMATIVE_COLUMNS,
  'Currency',
  'ItemsData',
  'LinesData',
  'PaymentMethod',
  'DefaultPaymentMethod',
  'Metadata',
];

/** Columns of technical interest, which are in the group Technical together with the id. */
const TECHNICAL = /^(Object|Livemode|CaptureMethod|ConfirmationMethod|ClientSecret|.*Url)$/;

/** Whether a column describes a list and not its members, such as `ItemsHasMore` or `ItemsUrl`. */
export function isListMetadata(name: string, row: Readonly<Record<string, unknown>>): boolean {
  const [, prefix] = /^(\w+)(?:Object|HasMore|TotalCount|Url)$/.exec(name) ?? [];
  return prefix !== undefined && row[`${prefix}Object`] === 'list' && Array.isArray(row[`${prefix}Data`]);
}

/** Minimum number of columns of a separate group. */
const MIN_GROUP_SIZE = 3;

function nameWords(name: string): readonly string[] {
  return name.split(/(?<=[a-z0-9])(?=[A-Z])/);
}

/**
 * Groups columns by the first word of their names, which usually is the name of a nested object of Stripe:
 * `AddressCity` and `AddressLine1` are in the group Address. The columns of groups with fewer than MIN_GROUP_SIZE
 * columns are in the groups Summary, More and Technical instead.
 */
export function groupColumns(columns: readonly ColumnDescriptor[]): readonly ColumnGroup[] {
  const byFirstWord = new Map<string, ColumnDescriptor[]>();
  for (const column of columns) {
    const [firstWord = ''] = nameWords(column.name);
    byFirstWord.set(firstWord, [...(byFirstWord.get(firstWord) ?? []), column]);
  }
  const groups = [...byFirstWord].filter(([, members]) => members.length >= MIN_GROUP_SIZE);
  const grouped = new Set(groups.flatMap(([, members]) => members));
  const general = columns.filter((column) => !grouped.has(column));
  const rank = ({ name }: ColumnDescriptor): number => SUMMARY.indexOf(name);
  const summary = general.filter((column) => rank(column) >= 0 && !column.key).sort((a, b) => rank(a) - rank(b));
  const technical = general.filter(({ name, key }) => key || TECHNICAL.test(name));
  const rest = general.filter((column) => !summary.includes(column) && !technical.includes(column));
  return [
    { title: 'Summary', columns: summary, prefix: '' },
    { title: 'More', columns: rest, prefix: '' },
    ...groups.map(([, members]) => {
      const words = sharedWords(members);
      const text = words.join(' ').toLowerCase();
      return { title: text.charAt(0).toUpperCase() + text.slice(1), columns: members, prefix: words.join('') };
    }),
    { title: 'Technical', columns: technical, prefix: '' },
  ].filter((group) => group.columns.length > 0);
}

/**
 * Returns the words that all names of a group begin with: `Payment`, `Method` and `Options` if all begin with
 * PaymentMethodOptions. There is at least one, because a group has one first word.
 */
function sharedWords(columns: readonly ColumnDescriptor[]): readonly string[] {
  const wordLists = columns.map(({ name }) => nameWords(name));
  const [first = []] = wordLists;
  const sharedCount = first.findIndex((word, index) => !wordLists.every((words) => words[index] === word));
  return sharedCount < 0 ? first : first.slice(0, Math.max(1, sharedCount));
}

const LIST_COLUMN = /^(Items|Lines)Data$/;

/** The name of a column without the words of its group: `DeclineCode` for `LastPaymentErrorDeclineCode`. */
export function nameInGroup(name: string, prefix: string): string {
  if (prefix === '' && LIST_COLUMN.test(name)) return name.replace(/Data$/, '');
  return name.length > prefix.length && name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
