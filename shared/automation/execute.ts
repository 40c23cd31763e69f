import { annotateError } from '../stripe/call-context.ts';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { toConnectorError, type ConnectorError } from '../errors.ts';
import { priorEffect } from '../http/prior-effect.ts';
import { logFailure } from '../http/log-cause.ts';
import { requireAllowed } from '../http/allowlist.ts';
import type { Command } from './commands.ts';

/** The outcome of a command: succeeded, failed permanently, or to be redelivered. */
export type CommandOutcome =
  | { readonly kind: 'succeeded'; readonly call: string; readonly result: OperationResult }
  | { readonly kind: 'failed' | 'retry'; readonly call: string; readonly error: ConnectorError };

/**
 * Maximum pause before a rate-limited command is retried. A longer `retryAfterMs` is shortened to this, because the
 * rate limit may grow during the pause.
 */
const RETRY_PAUSE_MS = 15_000;

/** Reasons of errors that the connection causes, not the message. The message is redelivered. */
const CONNECTION_REASONS: ReadonlySet<string> = new Set([
  'API_KEY_REJECTED',
  'CONNECTION_SUSPENDED',
  'PROXY_AUTH_REJECTED',
  'SECRET_PERMISSION_DENIED',
  'SECRET_DISABLED',
  'SECRET_MISSING',
  'SECRET_NOT_A_KEY',
  'SETTINGS_INVALID',
]);

/**
 * Executes a command until `untilMs` of the monotonic clock. A rate-limited command is retried by this function and not
 * by Pub/Sub, because a nack would count as a failed delivery.
 */
export async function executeCommand(
  connector: Connector,
  command: Command,
  lastRetriedKeyVersion: number,
  untilMs: number,
): Promise<CommandOutcome> {
  const { clock } = connector;
  for (;;) {
    const outcome = await tryOnce(connector, command, lastRetriedKeyVersion, untilMs - clock.monotonicMs());
    if (outcome.kind !== 'retry' || outcome.error.status !== 'RESOURCE_EXHAUSTED') return outcome;
    const pause = Math.min(outcome.error.details.retryAfterMs ?? RETRY_PAUSE_MS, RETRY_PAUSE_MS);
    if (clock.monotonicMs() + pause >= untilMs) return outcome;
    await clock.sleep(pause);
  }
}

async function tryOnce(
  connector: Connector,
  { operationId, prepared }: Command,
  lastRetriedKeyVersion: number,
  leftMs: number,
): Promise<CommandOutcome> {
  let call = 'automation';
  const fail = async (failure: ConnectorError): Promise<CommandOutcome> => {
    logFailure(() => connector, failure);
    const ranOperation = failure.effect !== undefined;
    // Redeliveries use the same id, so an earlier delivery may have taken effect.
    const effect = await priorEffect(connector, failure, { operationId, fresh: false });
    const error = annotateError(failure, { operationId }, effect);
    if (isRedeliverable(error)) return { kind: 'retry', call, error };
    // An invalid command never ran. If its id has a record, another message created that record, so the record is
    // ignored.
    if (!ranOperation && error.status === 'INVALID_ARGUMENT') return { kind: 'failed', call, error };
    return finalOutcome(call, error);
  };
  if (!('handler' in prepared)) return fail(prepared);
  const { handler, body, names } = prepared;
  try {
    const operation = handler.prepare(connector, body, {
      operationId: handler.mutates ? operationId : undefined,
      deadlineMs: leftMs,
      maxWaitMs: Math.max(0, leftMs),
      lastRetriedKeyVersion,
      names,
      withoutSecrets: true,
      responseFlags: new Set(),
    });
    call = operation.name;
    requireAllowed(connector.settings.automationAllowlist, connector.open, call);
    const result = await operation.run();
    return { kind: 'succeeded', call, result };
  } catch (cause) {
    return await fail(toConnectorError(cause));
  }
}

/**
 * Returns the outcome of a command that is not retried. An operation that took effect has succeeded even if its result
 * cannot be read. A bulk write with remaining rows has failed even if some rows succeeded.
 */
export function finalOutcome(call: string, error: ConnectorError): CommandOutcome {
  if (error.effect !== 'done' || PARTIAL_EFFECT_REASONS.has(error.details.reason))
    return { kind: 'failed', call, error };
  const body = { connectorOutputPayload: null, note: error.message };
  return { kind: 'succeeded', call, result: { status: 200, body, effect: 'done' } };
}

/** If an error with one of these reasons has the effect `done`, the command may have taken effect only in part. */
const PARTIAL_EFFECT_REASONS: ReadonlySet<string> = new Set(['PARTIAL_FAILURE', 'OPERATION_ID_REUSED']);

/**
 * Returns whether an error with this reason is final, even if the effect is unknown: a redelivery would fail in the
 * same way.
 */
export function isFinal(reason: string | undefined): boolean {
  return reason === 'OPERATION_EXPIRED' || reason === 'OPERATION_ID_REUSED';
}

/** Returns whether a redelivery of the same message can have another outcome. */
function isRedeliverable(error: ConnectorError): boolean {
  if (isFinal(error.details.reason)) return false;
  return (
    error.retryable ||
    error.effect === 'unknown' ||
    error.status === 'INTERNAL' ||
    CONNECTION_REASONS.has(error.details.reason)
  );
}
