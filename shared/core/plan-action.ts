import type { ActionRow } from '../catalog/actions.ts';
import type { Field, Fields } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import type { StripeRequest } from '../ports/stripe.ts';
import { checkId, pathWithId } from './ids.ts';
import { toParams } from './inputs.ts';

/** What an action takes beside its id: its named inputs and every further parameter of Stripe's call. */
export function actionFields(row: ActionRow, params: Fields): Fields {
  const named = Object.entries(row.inputs ?? {}).map(([input, { param, required }]): [string, Field] => {
    const field = params[param] ?? { type: 'string' };
    return [asStripeName(input), { ...field, ...(required ? { required: true as const } : {}) }];
  });
  const renamed = new Set(Object.values(row.inputs ?? {}).map(({ param }) => param));
  const rest = Object.entries(params).filter(([name]) => !renamed.has(name));
  return Object.fromEntries([...named, ...rest]);
}

/** The Stripe request of an action: pure, so that what would be sent is a value. */
export function planAction(
  row: ActionRow,
  params: Fields,
  input: Readonly<Record<string, unknown>>,
  strict: boolean,
): StripeRequest {
  const plain = withoutAliases(row, input);
  const { [row.idInput]: id, ...rest } = plain;
  if (id === undefined || id === null) throw invalid([{ field: row.idInput, description: 'is required' }]);
  const path = pathWithId(row.path, checkId(row.idInput, id));
  const fields = actionFields(row, params);
  const read = toParams(rest, { entity: row.action, fields, kind: 'action', strict });
  const back = new Map(Object.entries(row.inputs ?? {}).map(([name, { param }]) => [asStripeName(name), param]));
  const sent = Object.fromEntries(Object.entries(read).map(([name, value]) => [back.get(name) ?? name, value]));
  return { method: 'POST', path, params: sent };
}

/** `CustomerId` as a field name that reads back as itself: `customer_id`. */
function asStripeName(input: string): string {
  return input.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function withoutAliases(row: ActionRow, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
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
