import { pascal } from '../../catalog/names.ts';
import type { Fields } from '../../catalog/types.ts';
import { ConnectorError, copyWriteInfo, isConnectorError } from '../../errors.ts';
import { inputExample } from './params/input-example.ts';

/**
 * Waits for a call to Stripe. If Stripe reports that a parameter is missing (`parameter_missing`), adds the name of the
 * connector's input to the error, with an example for an array or an object. To other errors of Stripe without `param`,
 * except card errors, adds the inputs of the parameters that the message has in backticks, such as `you must provide a
 * \`return_url\``.
 * https://docs.stripe.com/error-codes#parameter-missing
 */
export async function withMissingInputName<T>(inputs: Fields, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw isConnectorError(cause) ? addInputName(inputs, cause) : cause;
  }
}

/** Adds the name of the missing input to an error. */
function addInputName(inputs: Fields, error: ConnectorError): ConnectorError {
  const { reason, stripe } = error.details;
  if (stripe?.param === undefined) return addNamesOfText(inputs, error);
  if (reason !== 'PARAMETER_MISSING') return error;
  const [parameter = ''] = stripe.param.split('[');
  const field = Object.hasOwn(inputs, parameter) ? inputs[parameter] : undefined;
  if (field === undefined) return error;
  const example = typeof field.type === 'string' ? '' : `, such as ${inputExample(field.type)}`;
  const message = `${error.message} Its input is ${pascal(parameter)}${example}`;
  return copyWriteInfo(error, new ConnectorError(error.status, message, error.details));
}

/** Adds the input's name for each parameter that the message has in backticks, if the two are spelled differently. */
function addNamesOfText(inputs: Fields, error: ConnectorError): ConnectorError {
  if (error.details.stripe === undefined || error.details.stripe.type === 'card_error') return error;
  const parameters = [...error.message.matchAll(/`([a-z]+(?:_[a-z]+)+)(?:\[\w+\])*`/g)].map(([, name = '']) => name);
  const known = [...new Set(parameters)].filter((name) => Object.hasOwn(inputs, name));
  if (known.length === 0) return error;
  const names = known.map((name) => `${name} is the input ${pascal(name)}`).join(', ');
  return copyWriteInfo(error, new ConnectorError(error.status, `${error.message} (${names})`, error.details));
}
