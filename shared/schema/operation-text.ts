import type { Descriptions } from '../catalog/descriptions.ts';
import type { Entity, Operation } from '../catalog/types.ts';

/** Returns what an operation does: `Create a Customer.`, and Stripe's sentence if it says more. */
export function describeOperation(
  { entity, singleton }: Entity,
  operation: Operation,
  descriptions: Descriptions | undefined,
): string {
  const withArticle = `${/^[AEIO]/.test(entity) ? 'an' : 'a'} ${entity}`;
  const lead = singleton
    ? `${operation} the ${entity}, which has no id of its own.`
    : FIRST_SENTENCES[operation](withArticle, entity);
  return [lead, descriptions?.operation(entity, operation) || (descriptions?.entity(entity) ?? [])].flat().join(' ');
}

const FIRST_SENTENCES: Readonly<Record<Operation, (named: string, entity: string) => string>> = {
  List: (_, entity) => `List rows of ${entity}.`,
  Get: (named) => `Get ${named} by its id.`,
  Create: (named) => `Create ${named}.`,
  Update: (named) => `Update ${named}.`,
  Delete: (named) => `Delete ${named}.`,
};
