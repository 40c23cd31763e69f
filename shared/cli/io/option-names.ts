/** The option or argument that sets a field of the body. */
const OPTION_OF_FIELD: Readonly<Record<string, string>> = {
  listEntitiesPageSize: '--limit',
  listEntitiesSortByColumns: '--sort',
  listEntitiesPageToken: '--page',
  filterClause: '--where',
  entityId: 'the id',
  accountId: '--account',
  fields: '--fields',
};

/** Returns an error message whose first word, a field of the body, is replaced by its option, such as `--where`. */
export function withOptionName(message: string): string {
  const [, field] = /^(\w+): /.exec(message) ?? [];
  if (field === undefined || !Object.hasOwn(OPTION_OF_FIELD, field)) return message;
  return `${OPTION_OF_FIELD[field]}${message.slice(field.length)}`;
}
