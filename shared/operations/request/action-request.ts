import type { ActionDefinition } from '../../catalog/actions.ts';
import { pascal, snake } from '../../catalog/names.ts';
import { parentsOf } from '../../catalog/routes.ts';
import type { Field, Fields } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import { memoizeByRef } from '../../memoize.ts';
import type { Params, StripeRequest } from '../../stripe/transport.ts';
import { pathId } from './path-id.ts';
import { toParams, type Naming } from './params/params.ts';
import { clearRules } from './entity-request.ts';
import { inputWithout, type Input } from './resolve-path.ts';

/** Returns the inputs of an action apart from ids: its named inputs and every other parameter of Stripe's call. */
export const actionFields = memoizeByRef((definition: ActionDefinition): Fields => {
  const named = Object.entries(definition.inputs ?? {}).map(([input, { param, required }]): [string, Field] => {
    const field = definition.params[param] ?? { type: 'string' };
    // The snake_case name that maps back to the input.
    return [snake(input), required ? { ...field, required } : field];
  });
  const renamed = new Set(Object.values(definition.inputs ?? {}).map(({ param }) => param));
  const rest = Object.entries(definition.params).filter(([name]) => !renamed.has(name));
  return Object.fromEntries([...named, ...rest]);
});

interface IdInput {
  readonly input: string;
  readonly placeholder: string;
}

/** Returns the inputs that are part of the path with their placeholders: the parents, then the object. */
export const actionIds = memoizeByRef((definition: ActionDefinition): readonly IdInput[] => {
  const outer = parentsOf(definition.path).map((name) => ({ input: `${pascal(name)}Id`, placeholder: `{${name}}` }));
  return definition.idInput === undefined ? outer : [...outer, { input: definition.idInput, placeholder: '{id}' }];
});

/** Maps the names of the fields to Stripe's. */
const stripeNames = memoizeByRef(
  (definition: ActionDefinition) =>
    new Map(Object.entries(definition.inputs ?? {}).map(([name, { param }]) => [snake(name), param])),
);

/** Builds the Stripe request of an action. Pure, so that a dry run can show it. */
export function buildActionRequest(definition: ActionDefinition, input: Input, naming: Naming): StripeRequest {
  const plain = withoutAliases(definition, input);
  const ids = actionIds(definition);
  const missing = ids.filter((id) => plain[id.input] === undefined || plain[id.input] === null);
  if (missing.length > 0) throw invalidArgument(missing.map((id) => ({ field: id.input, description: 'is required' })));
  let path = definition.path;
  for (const id of ids)
    path = path.replace(id.placeholder, pathId(definition.path, id.placeholder, id.input, plain[id.input]));
  const rest = inputWithout(plain, new Set(ids.map((id) => id.input)));
  const rules = {
    entity: definition.action,
    fields: actionFields(definition),
    kind: 'action' as const,
    ...naming,
    ...clearRules(path),
  };
  const read = toParams(rest, rules);
  const params = withStripeNames(definition, read);
  return {
    method: definition.method,
    path,
    params,
    answers: definition.file,
  };
}

/**
 * With another API version, Stripe's own name may be sent in addition to the action's. One of the two values would be
 * lost.
 */
function withStripeNames(definition: ActionDefinition, read: Params): Params {
  const back = stripeNames(definition);
  const twice = [...back].filter(
    ([name, param]) => name !== param && Object.hasOwn(read, name) && Object.hasOwn(read, param),
  );
  if (twice.length > 0)
    throw invalidArgument(
      twice.map(([name, param]) => ({
        field: pascal(param),
        description: `is another name of ${pascal(name)}; send only one of them`,
      })),
    );
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [back.get(name) ?? name, value]));
}

function withoutAliases(definition: ActionDefinition, input: Input): Input {
  if (definition.aliases === undefined) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const meant = definition.aliases?.[name];
      if (meant !== undefined && Object.hasOwn(input, meant)) {
        throw invalidArgument([{ field: name, description: `is another name of ${meant}; send only one of them` }]);
      }
      return [meant ?? name, value];
    }),
  );
}
