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

/** Returns a message of the connector. If it begins with a field of the body, the option takes the field's place. */
export function withOptionName(message: string): string {
  const [, field] = /^(\w+): /.exec(message) ?? [];
  if (field === undefined || !Object.hasOwn(OPTION_OF_FIELD, field)) return message;
  return `${OPTION_OF_FIELD[field]}${message.slice(field.length)}`;
}
