/**
 * The text of discovery for an entity, an action, a column or an input. Functions without the descriptions do not send
 * one.
 */
export function descriptionOf(described: object | undefined): string | undefined {
  const { description } = (described ?? {}) as { readonly description?: unknown };
  return typeof description === 'string' && description !== '' ? description : undefined;
}

/** The first sentence of a text. */
export function leadSentence(text: string | undefined): string | undefined {
  return text?.split(/(?<=\.)\s/)[0];
}

/** An example of discovery as text, undefined without one. */
export function examplePlaceholder(schema: object): string | undefined {
  const { example } = schema as { readonly example?: unknown };
  if (example === undefined || example === null) return undefined;
  return typeof example === 'string' ? example : JSON.stringify(example);
}

/** The text of one operation of an entity. */
export function operationText(descriptor: object, operation: string): string | undefined {
  const { operationDescriptions } = descriptor as { readonly operationDescriptions?: Readonly<Record<string, string>> };
  return operationDescriptions?.[operation];
}
