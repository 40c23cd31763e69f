import { pascal } from '../../catalog/names.ts';
import type { Fields } from '../../catalog/types.ts';
import { ConnectorError, copyWriteInfo, isConnectorError } from '../../errors.ts';
import { inputExample } from './params/input-example.ts';

/**
 * Waits for a call to Stripe. If Stripe misses a parameter (`parameter_missing`), the error also names the input of the
 * connector, with an example for an array or an object. https://docs.stripe.com/error-codes#parameter-missing
 */
export async function namingMissingInput<T>(inputs: Fields, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw isConnectorError(cause) ? withInputName(inputs, cause) : cause;
  }
}

function withInputName(inputs: Fields, error: ConnectorError): ConnectorError {
  const { reason, stripe } = error.details;
  if (reason !== 'PARAMETER_MISSING' || stripe?.param === undefined) return error;
  const [parameter = ''] = stripe.param.split('[');
  const field = Object.hasOwn(inputs, parameter) ? inputs[parameter] : undefined;
  if (field === undefined) return error;
  const example = typeof field.type === 'string' ? '' : `, such as ${inputExample(field.type)}`;
  const message = `${error.message} Its input is ${pascal(parameter)}${example}`;
  return copyWriteInfo(error, new ConnectorError(error.status, message, error.details));
}
