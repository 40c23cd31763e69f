import { pascal } from '../../catalog/names.ts';
import { parentsOf } from '../../catalog/routes.ts';
import type { Action, Fields } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import type { Params, StripeRequest } from '../../stripe/transport.ts';
import { pathId } from './path-id.ts';
import { toParams, type InputPolicy } from './params/params.ts';
import { emptyValueRule } from './entity-request.ts';
import { inputWithout, type Input } from './resolve-path.ts';

/** Returns the inputs of an action without the ids in its path. */
export function actionFields({ fields, params }: Action): Fields {
  return fields ?? params;
}

interface IdInput {
  readonly input: string;
  readonly placeholder: string;
}

/**
 * Returns the inputs whose ids go into the path of an action, with their placeholders: first the parents, then the
 * object.
 */
export function actionIds({ path, idInput }: Action): readonly IdInput[] {
  const parentIds = parentsOf(path).map((name) => ({ input: `${pascal(name)}Id`, placeholder: `{${name}}` }));
  return idInput === undefined ? parentIds : [...parentIds, { input: idInput, placeholder: '{id}' }];
}

/**
 * Builds the Stripe request of an action without sending it, so that a dry run can show it. Records unknown inputs in
 * `inputPolicy`.
 */
export function buildActionRequest(definition: Action, input: Input, inputPolicy: InputPolicy): StripeRequest {
  const canonicalInput = withoutAliases(definition, input);
  const ids = actionIds(definition);
  const missing = ids.filter((id) => canonicalInput[id.input] === undefined || canonicalInput[id.input] === null);
  if (missing.length > 0) throw invalidArgument(missing.map((id) => ({ field: id.input, description: 'is required' })));
  let path = definition.path;
  for (const id of ids)
    path = path.replace(id.placeholder, pathId(definition.path, id.placeholder, id.input, canonicalInput[id.input]));
  const rest = inputWithout(canonicalInput, new Set(ids.map((id) => id.input)));
  const rules = {
    entity: definition.action,
    fields: actionFields(definition),
    kind: 'action' as const,
    ...inputPolicy,
    ...emptyValueRule(path),
  };
  const parsed = toParams(rest, rules);
  const params = withStripeNames(definition, parsed);
  return {
    method: definition.method,
    path,
    params,
    responseFileType: definition.file,
  };
}

/**
 * Renames the action's inputs to Stripe's parameters. With another API version a caller may send a parameter under both
 * names. That is an error, because one of the two values would be lost.
 */
function withStripeNames(definition: Action, params: Params): Params {
  const renamed = definition.renamed ?? {};
  const sentTwice = Object.entries(renamed).filter(
    ([name, param]) => name !== param && Object.hasOwn(params, name) && Object.hasOwn(params, param),
  );
  if (sentTwice.length > 0)
    throw invalidArgument(
      sentTwice.map(([name, param]) => ({
        field: pascal(param),
        description: `is another name of ${pascal(name)}; send only one of them`,
      })),
    );
  const stripeName = (name: string): string => (Object.hasOwn(renamed, name) ? renamed[name] : undefined) ?? name;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [stripeName(name), value]));
}

/** Renames inputs that were sent under an alias. Throws if an input was sent under both names. */
function withoutAliases(definition: Action, input: Input): Input {
  if (definition.aliases === undefined) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const canonicalName = definition.aliases?.[name];
      if (canonicalName !== undefined && Object.hasOwn(input, canonicalName)) {
        throw invalidArgument([
          { field: name, description: `is another name of ${canonicalName}; send only one of them` },
        ]);
      }
      return [canonicalName ?? name, value];
    }),
  );
}
