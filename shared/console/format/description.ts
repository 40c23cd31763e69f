/**
 * The description that discovery returns for an entity, an action, a column or an input. Undefined without one, for
 * example in a build without descriptions.
 */
export function descriptionOf(described: object | undefined): string | undefined {
  const { description } = (described ?? {}) as { readonly description?: unknown };
  return typeof description === 'string' && description !== '' ? description : undefined;
}

/** The first sentence of a text. */
export function leadSentence(text: string | undefined): string | undefined {
  return text?.split(/(?<=\.)\s/)[0];
}

/** The example of an input's schema, as a text for its placeholder. Undefined without an example. */
export function examplePlaceholder(schema: object): string | undefined {
  const { example } = schema as { readonly example?: unknown };
  if (example === undefined || example === null) return undefined;
  return typeof example === 'string' ? example : JSON.stringify(example);
}

/** The description of one operation of an entity. */
export function operationText(descriptor: object, operation: string): string | undefined {
  const { operationDescriptions } = descriptor as { readonly operationDescriptions?: Readonly<Record<string, string>> };
  return operationDescriptions?.[operation];
}
