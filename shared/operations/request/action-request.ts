import { pascal } from '../../catalog/names.ts';
import { parentsOf } from '../../catalog/routes.ts';
import type { Action, Fields } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import type { Params, StripeRequest } from '../../stripe/transport.ts';
import { pathId } from './path-id.ts';
import { toParams, type Naming } from './params/params.ts';
import { clearRules } from './entity-request.ts';
import { inputWithout, type Input } from './resolve-path.ts';

/** Returns the inputs of an action apart from ids: its named inputs and every other parameter of Stripe's call. */
export function actionFields({ fields, params }: Action): Fields {
  return fields ?? params;
}

interface IdInput {
  readonly input: string;
  readonly placeholder: string;
}

/** Returns the inputs that are part of the path with their placeholders: the parents, then the object. */
export function actionIds({ path, idInput }: Action): readonly IdInput[] {
  const outer = parentsOf(path).map((name) => ({ input: `${pascal(name)}Id`, placeholder: `{${name}}` }));
  return idInput === undefined ? outer : [...outer, { input: idInput, placeholder: '{id}' }];
}

/** Builds the Stripe request of an action. Pure, so that a dry run can show it. */
export function buildActionRequest(definition: Action, input: Input, naming: Naming): StripeRequest {
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
    ...(definition.file === undefined ? {} : { answers: definition.file }),
  };
}

/**
 * With another API version, Stripe's own name may be sent in addition to the action's. One of the two values would be
 * lost.
 */
function withStripeNames(definition: Action, read: Params): Params {
  const renamed = definition.renamed ?? {};
  const twice = Object.entries(renamed).filter(
    ([name, param]) => name !== param && Object.hasOwn(read, name) && Object.hasOwn(read, param),
  );
  if (twice.length > 0)
    throw invalidArgument(
      twice.map(([name, param]) => ({
        field: pascal(param),
        description: `is another name of ${pascal(name)}; send only one of them`,
      })),
    );
  const stripeName = (name: string): string => (Object.hasOwn(renamed, name) ? renamed[name] : undefined) ?? name;
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [stripeName(name), value]));
}

function withoutAliases(definition: Action, input: Input): Input {
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
