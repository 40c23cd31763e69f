import { annotateError } from '../stripe/call-context.ts';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { toConnectorError, type ConnectorError } from '../errors.ts';
import { priorEffect } from '../http/prior-effect.ts';
import { logCause } from '../http/log-cause.ts';
import { requireAllowed } from '../http/allowlist.ts';
import type { Command } from './commands.ts';

/** What became of one ask: done, failed for good, or to be delivered again. */
export type CommandOutcome =
  | { readonly kind: 'succeeded'; readonly call: string; readonly result: OperationResult }
  | { readonly kind: 'failed' | 'again'; readonly call: string; readonly error: ConnectorError };

/** Milliseconds after which a call that was refused a turn asks again: the capacity may have grown. */
const ASK_AGAIN_MS = 15_000;

/** Reasons that lie with the connection, not with the message: it may come again. */
const CONNECTION: ReadonlySet<string> = new Set([
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
 * Works on one ask until the moment `untilMs` of the clock. A call that is throttled is held: to give the message back
 * would count as a failed delivery.
 */
export async function executeCommand(
  connector: Connector,
  command: Command,
  retriesAfter: number,
  untilMs: number,
): Promise<CommandOutcome> {
  const { clock } = connector;
  for (;;) {
    const outcome = await tryOnce(connector, command, retriesAfter, untilMs - clock.monotonicMs());
    if (outcome.kind !== 'again' || outcome.error.status !== 'RESOURCE_EXHAUSTED') return outcome;
    const pause = Math.min(outcome.error.details.retryAfterMs ?? ASK_AGAIN_MS, ASK_AGAIN_MS);
    if (clock.monotonicMs() + pause >= untilMs) return outcome;
    await clock.sleep(pause);
  }
}

async function tryOnce(
  connector: Connector,
  { operationId, todo }: Command,
  retriesAfter: number,
  leftMs: number,
): Promise<CommandOutcome> {
  let call = 'automation';
  const fail = async (failure: ConnectorError): Promise<CommandOutcome> => {
    if (failure.status === 'INTERNAL') logCause(() => connector, failure);
    const isOwn = failure.effect !== undefined;
    // A message comes again under its id, so an earlier delivery may have had its effect.
    const effect = await priorEffect(connector, failure, { operationId, fresh: false });
    const error = annotateError(failure, { operationId }, effect);
    if (comesAgain(error)) return { kind: 'again', call, error };
    // What cannot be read is not the operation that its id stands for: another message did that.
    if (!isOwn && error.status === 'INVALID_ARGUMENT') return { kind: 'failed', call, error };
    return finalOutcome(call, error);
  };
  if (!('handler' in todo)) return fail(todo);
  const { handler, body, names } = todo;
  try {
    const prepared = handler.prepare(connector, body, {
      operationId: handler.mutates ? operationId : undefined,
      deadlineMs: leftMs,
      maxWaitMs: Math.max(0, leftMs),
      retriesAfter,
      names,
      withoutSecrets: true,
      warnings: new Set(),
    });
    call = prepared.name;
    requireAllowed(connector.settings.automationAllowlist, connector.open, call);
    const result = await prepared.run();
    return { kind: 'succeeded', call, result };
  } catch (cause) {
    return await fail(toConnectorError(cause));
  }
}

/**
 * How a message ends that is not worked on again. An operation that is done has not failed, though its result cannot be
 * read; a clause of which rows are left has, though some of its rows are done.
 */
export function finalOutcome(call: string, error: ConnectorError): CommandOutcome {
  if (error.effect !== 'done' || NOT_ITS_OWN.has(error.details.reason)) return { kind: 'failed', call, error };
  const body = { connectorOutputPayload: null, note: error.message };
  return { kind: 'succeeded', call, result: { status: 200, body, effect: 'done' } };
}

/** The effect of these errors is not that of the whole ask. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set(['PARTIAL_FAILURE', 'OPERATION_ID_REUSED']);

/** Whether what is not known of an operation stays so, however often its message comes. */
export function isFinal(reason: string | undefined): boolean {
  return reason === 'OPERATION_EXPIRED' || reason === 'OPERATION_ID_REUSED';
}

/** Whether the same message can end otherwise when it comes again. */
function comesAgain(error: ConnectorError): boolean {
  if (isFinal(error.details.reason)) return false;
  return (
    error.retryable || error.effect === 'unknown' || error.status === 'INTERNAL' || CONNECTION.has(error.details.reason)
  );
}
