import type { JsonSchema } from '../../schema/json-schema.ts';
import type { CallReply } from '../api/calls.ts';
import { searchKey } from '../format/words.ts';
import { errorOfReply } from './result/reply-error.ts';

/**
 * Returns the error texts of a response by the paths of the fields in the form. A response names
 * `connectorInputPayload.Email`, and the form has `Email`. If the response names no field, the parameter in Stripe's
 * error selects the field.
 */
export function errorsByField(reply: CallReply, schema: JsonSchema): ReadonlyMap<string, string> {
  const { violations, metadata, message } = errorOfReply(reply);
  const fieldErrors = violations.map(({ field, description }): [string, string] => [
    field.replace(/^connectorInputPayload\./, ''),
    description,
  ]);
  const { param } = metadata;
  const field = fieldErrors.length > 0 || param === undefined ? undefined : fieldOfParam(param, schema);
  return new Map(field === undefined ? fieldErrors : [[field, message]]);
}

/**
 * The path of the input for the `param` of a Stripe error: `Address.country` for `address[country]`, `PaymentIntentId`
 * for `intent`. Undefined if the form has no such input.
 */
export function fieldOfParam(param: string, { properties = {} }: JsonSchema): string | undefined {
  const [first = '', ...rest] = param.replaceAll(']', '').split('[');
  const wanted = searchKey(first);
  const names = Object.keys(properties);
  const name =
    names.find((candidate) => searchKey(candidate) === wanted) ??
    names.find((candidate) => searchKey(candidate).replace(/id$/, '').endsWith(wanted));
  if (name === undefined) return undefined;
  return name + rest.map((part) => (/^\d*$/.test(part) ? `[${part === '' ? 0 : part}]` : `.${part}`)).join('');
}
