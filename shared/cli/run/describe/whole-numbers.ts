import { isObject } from '../../../is-object.ts';
import { UsageError } from '../../io/exit.ts';
import type { JsonBody } from '../../io/server.ts';
import { propertiesOf } from './input-schema.ts';

/** `5.00`: the connector reads it as the integer 5. */
const ZERO_DECIMALS = /^-?\d{1,15}\.0{1,9}$/;

/**
 * Throws UsageError for an integer input such as `Amount=5.00`. The user probably means 5 dollars, but the connector
 * would read 5 cents. `schemaOf` is called only if a text ends with zero decimals.
 */
export async function rejectDecimals(payload: JsonBody, schemaOf: () => Promise<JsonBody>): Promise<void> {
  const texts = textsIn(payload).filter(([, text]) => ZERO_DECIMALS.test(text));
  if (texts.length === 0) return;
  const schema = await schemaOf();
  for (const [path, text] of texts) {
    if (!isInteger(schema, path)) continue;
    const [whole = ''] = text.split('.');
    throw new UsageError(
      `${path.join('.')}=${text} has decimals: it takes a whole number, and amounts in the smallest unit of the currency. Write ${whole}, or ${whole}00 for ${text} in a currency with cents`,
    );
  }
}

type InputText = readonly [path: readonly string[], text: string];

function textsIn(value: JsonBody, path: readonly string[] = []): InputText[] {
  return Object.entries(value).flatMap(([name, inner]): InputText[] => {
    const at = [...path, name];
    if (typeof inner === 'string') return [[at, inner]];
    return isObject(inner) ? textsIn(inner, at) : [];
  });
}

function isInteger(schema: JsonBody, path: readonly string[]): boolean {
  let at: unknown = schema;
  for (const name of path) at = isObject(at) ? propertiesOf(at)[name] : undefined;
  return isObject(at) && [at['type']].flat().includes('integer');
}
