import type { JsonSchema } from '../../schema/json-schema.ts';
import { EMPTY_DRAFT, type FormDraft } from '../state/drafts.ts';
import { isSecretInput, withoutSecrets } from '../format/secrets.ts';
import { hashOf } from '../state/hash.ts';
import type { FormTarget } from './target.ts';
import { inputKindOf, inputValue, schemaVariants } from './fields/input-kind.ts';

/** The address of a form with what it holds. Card data and secrets are left out. */
export function linkOfDraft(target: FormTarget, { entityId, filterClause, payload }: FormDraft): string {
  const inputs = Object.entries(withoutSecrets(payload)).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const path = target.kind === 'action' ? ['action', target.action] : ['entity', target.entity, target.operation];
  return hashOf(path, { ...Object.fromEntries(inputs), id: entityId, filter: filterClause });
}

/** `#/entity/Customer/Update?id=cus_1&Email=a@b.co`: the id, the clause, and inputs of the payload by their names. */
export function draftFromParams(params: URLSearchParams, schema: JsonSchema | undefined): FormDraft {
  const variants = schema === undefined ? [] : schemaVariants(schema);
  const payload: Record<string, unknown> = {};
  const variant = Math.max(
    0,
    variants.findIndex(({ properties = {} }) => [...params.keys()].some((name) => Object.hasOwn(properties, name))),
  );
  for (const [name, text] of params) {
    const schemaOfInput = variants[variant]?.properties?.[name];
    if (schemaOfInput === undefined || isSecretInput(name)) continue;
    const kind = inputKindOf(name, schemaOfInput);
    const structured = ['group', 'groups', 'pairs', 'texts'].includes(kind);
    payload[name] = inputValue(structured ? 'json' : kind, text);
  }
  const id = params.get('id') ?? '';
  // The object of an action is its first required input: `PaymentIntentId`.
  const [first = ''] = variants[variant]?.required ?? [];
  const isAction = first.endsWith('Id') && id !== '' && payload[first] === undefined;
  if (isAction) payload[first] = id;
  return {
    ...EMPTY_DRAFT,
    variant,
    payload,
    entityId: id,
    filterClause: params.get('filter') ?? '',
    operationId: params.get('operationId') ?? '',
  };
}
