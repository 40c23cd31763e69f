/** Builders of calls: the context of one call, a Pub/Sub message, the error that a call ends with. */
import type { PubsubMessage } from '../../shared/automation/push-message.ts';
import { isConnectorError, type ConnectorError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';

/** A call with 50 seconds to its deadline. Writes need an `operationId`. */
export function callContext(clock: Clock, more: Partial<CallContext> = {}): CallContext {
  return { name: 'test', clock, deadlineAt: clock.monotonicMs() + 50_000, outputFormat: 'native', ...more };
}

/** A message whose data is this JSON value; undefined for a message with attributes alone. */
export function pubsubMessage(data: unknown, more: Partial<PubsubMessage> = {}): PubsubMessage {
  return {
    id: 'm-1',
    data: data === undefined ? '' : Buffer.from(JSON.stringify(data)).toString('base64'),
    attributes: {},
    publishedMs: undefined,
    orderingKey: '',
    deliveryAttempt: undefined,
    ...more,
  };
}

/** The ConnectorError that `work` throws; any other result fails the test. */
export function thrownBy(work: () => unknown): ConnectorError {
  try {
    work();
  } catch (error) {
    if (isConnectorError(error)) return error;
    throw error;
  }
  throw new Error('expected a ConnectorError, but nothing was thrown');
}

/** The reason of an error, then the fields that it names. */
export function reasonAndFields(error: ConnectorError): readonly [reason: string, ...fields: string[]] {
  return [error.details.reason, ...(error.details.violations ?? []).map(({ field }) => field)];
}
