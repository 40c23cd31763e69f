import { pascal } from '../../catalog/names.ts';
import type { Fields } from '../../catalog/types.ts';
import { ConnectorError, copyWriteInfo, isConnectorError } from '../../errors.ts';
import { inputExample } from './params/input-example.ts';

/**
 * Waits for a call to Stripe. If Stripe reports that a parameter is missing (`parameter_missing`), adds the name of the
 * connector's input to the error, with an example for an array or an object.
 * https://docs.stripe.com/error-codes#parameter-missing
 */
export async function withMissingInputName<T>(inputs: Fields, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw isConnectorError(cause) ? addInputName(inputs, cause) : cause;
  }
}

function addInputName(inputs: Fields, error: ConnectorError): ConnectorError {
  const { reason, stripe } = error.details;
  if (reason !== 'PARAMETER_MISSING' || stripe?.param === undefined) return error;
  const [parameter = ''] = stripe.param.split('[');
  const field = Object.hasOwn(inputs, parameter) ? inputs[parameter] : undefined;
  if (field === undefined) return error;
  const example = typeof field.type === 'string' ? '' : `, such as ${inputExample(field.type)}`;
  const message = `${error.message} Its input is ${pascal(parameter)}${example}`;
  return copyWriteInfo(error, new ConnectorError(error.status, message, error.details));
}
