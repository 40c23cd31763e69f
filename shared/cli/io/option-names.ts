/** What the user typed for a field of the body. */
const TYPED: Readonly<Record<string, string>> = {
  listEntitiesPageSize: '--limit',
  listEntitiesSortByColumns: '--sort',
  listEntitiesPageToken: '--page',
  filterClause: '--where',
  entityId: 'the id',
  accountId: '--account',
  fields: '--fields',
};

/** Replaces the name of the field with which a message of the connector begins by what the user typed for it. */
export function optionNames(message: string): string {
  const [, field] = /^(\w+): /.exec(message) ?? [];
  const typed = field === undefined || !Object.hasOwn(TYPED, field) ? undefined : TYPED[field];
  return field === undefined || typed === undefined ? message : typed + message.slice(field.length);
}
