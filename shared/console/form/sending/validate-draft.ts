import type { JsonSchema } from '../../../schema/json-schema.ts';
import type { FormDraft } from '../../state/drafts.ts';
import { inputKindOf } from '../fields/input-kind.ts';
import { isUpdate, acceptsClause, type FormTarget } from '../target.ts';

/** An amount with decimals: 15.00 may mean 15 dollars or 15 cents. */
const DECIMAL = /^-?\d+[.,]\d+$/;

/**
 * Returns the paths of the amounts with decimals, for which the user must still choose between the main and the
 * smallest unit.
 */
function undecidedAmounts(schema: JsonSchema, value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => undecidedAmounts(schema.items ?? {}, item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const memberPath = path === '' ? name : `${path}.${name}`;
    const memberSchema = schema.properties?.[name] ?? {};
    if (typeof member === 'string' && DECIMAL.test(member.trim()) && inputKindOf(name, memberSchema) === 'amount')
      return [memberPath];
    return undecidedAmounts(memberSchema, member, memberPath);
  });
}

/**
 * Whether the form is an Update without a change. It is not sent, because Stripe would accept it and the connector
 * would record a write.
 */
export function isUnchanged(target: FormTarget, { payload }: FormDraft): boolean {
  return isUpdate(target) && Object.keys(payload).length === 0;
}

/**
 * The reasons why a form cannot be sent, by field: the id or a required value is missing, or an amount is ambiguous.
 */
export function validateDraft(target: FormTarget, draft: FormDraft, schema: JsonSchema): ReadonlyMap<string, string> {
  const needsId = target.kind === 'entity' && target.byId && !acceptsClause(target) && draft.entityId === '';
  const missing = (schema.required ?? []).filter((name) => draft.payload[name] === undefined);
  return new Map([
    ...(needsId ? [['entityId', 'Write the id of the object.'] as const] : []),
    ...missing.map((name) => [name, 'Write a value: the call requires it.'] as const),
    ...undecidedAmounts(schema, draft.payload).map((path) => [path, 'Choose which amount you mean first.'] as const),
  ]);
}
