import type { JsonSchema } from '../../schema/json-schema.ts';
import { EMPTY_DRAFT, type FormDraft } from '../state/drafts.ts';
import { isSecretInput, withoutSecrets } from '../format/secrets.ts';
import { hashOf } from '../state/hash.ts';
import type { FormTarget } from './target.ts';
import { inputKindOf, parseInput, schemaVariants } from './fields/input-kind.ts';

/** The deep link of a form with its id, clause and payload. Card data and secrets are left out. */
export function linkOfDraft(target: FormTarget, { entityId, filterClause, payload }: FormDraft): string {
  const inputs = Object.entries(withoutSecrets(payload)).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const path = target.kind === 'action' ? ['action', target.action] : ['entity', target.entity, target.operation];
  return hashOf(path, { ...Object.fromEntries(inputs), id: entityId, filter: filterClause });
}

/**
 * Reads the inputs of a form from the parameters of its deep link: `id`, `filter`, `operationId`, and inputs of the
 * payload by their names, as in `#/entity/Customer/Update?id=cus_1&Email=a@b.co`.
 */
export function draftFromParams(params: URLSearchParams, schema: JsonSchema | undefined): FormDraft {
  const variants = schema === undefined ? [] : schemaVariants(schema);
  const payload: Record<string, unknown> = {};
  const fitting = variants.findIndex(({ properties = {} }) =>
    [...params.keys()].some((name) => Object.hasOwn(properties, name)),
  );
  const variant = Math.max(0, fitting);
  for (const [name, text] of params) {
    const schemaOfInput = variants[variant]?.properties?.[name];
    if (schemaOfInput === undefined || isSecretInput(name)) continue;
    const kind = inputKindOf(name, schemaOfInput);
    const isStructured = ['group', 'groups', 'pairs', 'texts'].includes(kind);
    payload[name] = parseInput(isStructured ? 'json' : kind, text);
  }
  const id = params.get('id') ?? '';
  // An action has the id of its object in its first required input, such as `PaymentIntentId`.
  const [firstRequired = ''] = variants[variant]?.required ?? [];
  if (firstRequired.endsWith('Id') && id !== '') payload[firstRequired] ??= id;
  return {
    ...EMPTY_DRAFT,
    variant,
    payload,
    entityId: id,
    filterClause: params.get('filter') ?? '',
    operationId: params.get('operationId') ?? '',
  };
}
