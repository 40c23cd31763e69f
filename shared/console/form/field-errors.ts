import type { JsonSchema } from '../../schema/json-schema.ts';
import type { CallReply } from '../api/calls.ts';
import { searchKey } from '../format/words.ts';
import { errorOfReply } from './result/reply-error.ts';

/** Errors by field, without the name of the payload in front: `connectorInputPayload.Email` is `Email`. */
export function errorsByField(reply: CallReply, schema: JsonSchema): ReadonlyMap<string, string> {
  const { violations, metadata, message } = errorOfReply(reply);
  const own = violations.map(({ field, description }): [string, string] => [
    field.replace(/^connectorInputPayload\./, ''),
    description,
  ]);
  const { param } = metadata;
  const field = own.length > 0 || param === undefined ? undefined : fieldOfParam(param, schema);
  return new Map(field === undefined ? own : [[field, message]]);
}

/**
 * The input of a parameter that an error of Stripe names: `Address.country` for `address[country]`, `PaymentIntentId`
 * for `intent`. Undefined if the form has none.
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
