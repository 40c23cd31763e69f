import type { Descriptions } from '../catalog/descriptions.ts';
import type { Entity, Operation } from '../catalog/types.ts';

/** Returns what an operation does: `Create a Customer.`, then Stripe's description of the operation or of the entity. */
export function describeOperation(
  { entity, singleton }: Entity,
  operation: Operation,
  descriptions: Descriptions | undefined,
): string {
  const nameWithArticle = `${/^[AEIO]/.test(entity) ? 'an' : 'a'} ${entity}`;
  const lead = singleton
    ? `${operation} the ${entity}, which has no id of its own.`
    : FIRST_SENTENCES[operation](nameWithArticle, entity);
  return [lead, descriptions?.operation(entity, operation) || (descriptions?.entity(entity) ?? [])].flat().join(' ');
}

const FIRST_SENTENCES: Readonly<Record<Operation, (nameWithArticle: string, entity: string) => string>> = {
  List: (_, entity) => `List rows of ${entity}.`,
  Get: (nameWithArticle) => `Get ${nameWithArticle} by its id.`,
  Create: (nameWithArticle) => `Create ${nameWithArticle}.`,
  Update: (nameWithArticle) => `Update ${nameWithArticle}.`,
  Delete: (nameWithArticle) => `Delete ${nameWithArticle}.`,
};
