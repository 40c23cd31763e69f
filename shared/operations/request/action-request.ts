import type { ActionRow } from '../../catalog/actions.ts';
import { pascal, snake } from '../../catalog/names.ts';
import { parentsOf } from '../../catalog/routes.ts';
import type { Field, Fields } from '../../catalog/types.ts';
import { invalid } from '../../errors.ts';
import { lazilyOf } from '../../memoize.ts';
import type { Params, StripeRequest } from '../../stripe/transport.ts';
import { pathId } from './path-id.ts';
import { toParams, type Naming } from './params/params.ts';
import { clearing } from './entity-request.ts';
import { inputWithout } from './resolve-path.ts';

type Input = Readonly<Record<string, unknown>>;

/** What an action takes beside its ids: its named inputs and every further parameter of Stripe's call. */
export const actionFields = lazilyOf((row: ActionRow): Fields => {
  const named = Object.entries(row.inputs ?? {}).map(([input, { param, required }]): [string, Field] => {
    const field = row.params[param] ?? { type: 'string' };
    // A field name that reads back as the input.
    return [snake(input), { ...field, ...(required ? { required: true as const } : {}) }];
  });
  const renamed = new Set(Object.values(row.inputs ?? {}).map(({ param }) => param));
  const rest = Object.entries(row.params).filter(([name]) => !renamed.has(name));
  return Object.fromEntries([...named, ...rest]);
});

interface IdInput {
  readonly input: string;
  readonly placeholder: string;
}

/** Inputs that stand in the path, each with its placeholder: the parents, then the object itself. */
export const actionIds = lazilyOf((row: ActionRow): readonly IdInput[] => {
  const outer = parentsOf(row.path).map((name) => ({ input: `${pascal(name)}Id`, placeholder: `{${name}}` }));
  return row.idInput === undefined ? outer : [...outer, { input: row.idInput, placeholder: '{id}' }];
});

/** Of the fields' names, what Stripe calls them. */
const stripesNames = lazilyOf(
  (row: ActionRow) => new Map(Object.entries(row.inputs ?? {}).map(([name, { param }]) => [snake(name), param])),
);

/** The Stripe request of an action: pure, so that what would be sent is a value. */
export function planAction(row: ActionRow, input: Input, naming: Naming): StripeRequest {
  const plain = withoutAliases(row, input);
  const ids = actionIds(row);
  const missing = ids.filter((id) => plain[id.input] === undefined || plain[id.input] === null);
  if (missing.length > 0) throw invalid(missing.map((id) => ({ field: id.input, description: 'is required' })));
  let path = row.path;
  for (const id of ids)
    path = path.replace(id.placeholder, pathId(row.path, id.placeholder, id.input, plain[id.input]));
  const rest = inputWithout(plain, new Set(ids.map((id) => id.input)));
  const rules = {
    entity: row.action,
    fields: actionFields(row),
    kind: 'action' as const,
    ...naming,
    ...clearing(path),
  };
  const read = toParams(rest, rules);
  const params = withStripesNames(row, read);
  return { method: row.method, path, params, ...(row.file === undefined ? {} : { answers: row.file }) };
}

/** An older API version lets Stripe's own name pass beside the action's: one of the two would be lost. */
function withStripesNames(row: ActionRow, read: Params): Params {
  const back = stripesNames(row);
  const twice = [...back].filter(
    ([name, param]) => name !== param && Object.hasOwn(read, name) && Object.hasOwn(read, param),
  );
  if (twice.length > 0)
    throw invalid(
      twice.map(([name, param]) => ({
        field: pascal(param),
        description: `is another name of ${pascal(name)}; give one of them`,
      })),
    );
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [back.get(name) ?? name, value]));
}

function withoutAliases(row: ActionRow, input: Input): Input {
  if (row.aliases === undefined) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const meant = row.aliases?.[name];
      if (meant !== undefined && Object.hasOwn(input, meant)) {
        throw invalid([{ field: name, description: `is another name of ${meant}; give one of them` }]);
      }
      return [meant ?? name, value];
    }),
  );
}
