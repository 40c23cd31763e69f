import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';
import { decodeJsonBytes } from '../json/utf8.ts';
import { createJsonHandler } from '../http/json-handler.ts';
import { requirePost } from '../http/endpoint.ts';
import { parseEvent, type StripeEvent } from './event.ts';
import { hasConnectionVersion } from './message.ts';
import { publishEvent } from './publish.ts';

/**
 * The webhook endpoint of the connection. It responds 2xx once the event is published (now or earlier), held, or
 * ignored by the settings. It responds 400 if Stripe did not sign the request, or if the request contains no event. It
 * responds 5xx if the event cannot be verified or published, so that Stripe delivers the event again.
 * https://docs.stripe.com/webhooks
 */
export function stripeEventsFunction(connector: () => Connector) {
  return createJsonHandler(connector, async (built, request) => {
    requirePost(request);
    const event = await signedEvent(built, request);
    return { received: event.id, status: await handleEvent(built, event) };
  });
}

/** Verifies the signature of a request and returns the event in its body. */
async function signedEvent({ webhookSecrets, log }: Connector, request: Request): Promise<StripeEvent> {
  const body = request.rawBody;
  const header = request.get('Stripe-Signature') ?? '';
  if (body === undefined || header === '')
    throw signatureError('SIGNATURE_MISSING', 'the request has no Stripe-Signature header or no body');
  const verdict = await webhookSecrets
    .verify(body, header)
    .catch((cause: unknown) => Promise.reject(toRedelivery(cause)));
  if (verdict === 'right') return parseEvent(readJson(body));
  log.write('WARNING', 'webhook signature rejected', { verdict });
  switch (verdict) {
    case 'too old':
      throw signatureError('SIGNATURE_EXPIRED', 'the signature is older than 300 s; check the clock of the sender');
    case 'too new':
      throw signatureError(
        'SIGNATURE_IN_FUTURE',
        'the timestamp of the signature is more than 300 s in the future; check the clock of the sender',
      );
    case 'unreadable':
      throw signatureError('SIGNATURE_MALFORMED', 'Stripe-Signature must have the form t=...,v1=...');
    case 'wrong':
      throw signatureError(
        'SIGNATURE_MISMATCH',
        'the signature matches no signing secret of the connection; check webhook_secrets',
      );
  }
}

/**
 * Parses the signed bytes, not the body that the framework parsed, because the framework replaces invalid UTF-8.
 * Returns undefined if the bytes are not JSON.
 */
function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(decodeJsonBytes(body) ?? '');
  } catch {
    return undefined;
  }
}

/** Publishes an event and returns its status. */
async function handleEvent(connector: Connector, event: StripeEvent): Promise<string> {
  const { log, deps } = connector;
  const details = { event: event.id, type: event.type };
  if (!hasConnectionVersion(event, deps.apiVersion))
    log.write('WARNING', 'event API version mismatch', {
      ...details,
      apiVersion: event.api_version,
      connection: deps.apiVersion,
    });
  try {
    const status = await publishEvent(connector, event);
    log.write('INFO', 'stripe event', { ...details, status });
    return status;
  } catch (cause) {
    throw toRedelivery(cause);
  }
}

/** Gives every error except NOT_AN_EVENT an HTTP status of 5xx, so that Stripe redelivers the event. */
function toRedelivery(cause: unknown): ConnectorError {
  const error = toConnectorError(cause);
  if (error.status === 'INTERNAL' || error.status === 'UNAVAILABLE' || error.details.reason === 'NOT_AN_EVENT')
    return error;
  return new ConnectorError('UNAVAILABLE', error.message, { ...error.details, retryable: true });
}

/** Returns the error for a request whose signature is not valid. */
function signatureError(reason: string, message: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', message, { reason });
}
