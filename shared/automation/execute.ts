import { withEffect } from '../stripe/call-context.ts';
import type { Answer, Connector } from '../operations/connector.ts';
import { unforeseen, type ConnectorError } from '../errors.ts';
import { earlyEffect } from '../http/prior-effect.ts';
import { logCause } from '../http/log-cause.ts';
import { checkAllowed } from '../http/allowlist.ts';
import type { Ask } from './commands.ts';

/** What became of one ask: done, failed for good, or to be delivered again. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly call: string; readonly answer: Answer }
  | { readonly kind: 'failed' | 'again'; readonly call: string; readonly error: ConnectorError };

/** Milliseconds after which a call that was refused a turn asks again: the capacity may have grown. */
const ASK_AGAIN_MS = 15_000;

/** Reasons that lie with the connection, not with the message: it may come again. */
const CONNECTION: ReadonlySet<string> = new Set([
  'API_KEY_REJECTED',
  'CONNECTION_SUSPENDED',
  'PROXY_AUTH_REJECTED',
  'SECRET_DENIED',
  'SECRET_DISABLED',
  'SECRET_MISSING',
  'SECRET_NOT_A_KEY',
  'SETTINGS_INVALID',
]);

/**
 * Works on one ask until the moment `untilMs` of the clock. A call that is throttled is held: to give the message back
 * would count as a failed delivery.
 */
export async function workOn(connector: Connector, ask: Ask, retriesAfter: number, untilMs: number): Promise<Outcome> {
  const { clock } = connector;
  for (;;) {
    const outcome = await tryOnce(connector, ask, retriesAfter, untilMs - clock.monotonicMs());
    if (outcome.kind !== 'again' || outcome.error.status !== 'RESOURCE_EXHAUSTED') return outcome;
    const pause = Math.min(outcome.error.facts.retryAfterMs ?? ASK_AGAIN_MS, ASK_AGAIN_MS);
    if (clock.monotonicMs() + pause >= untilMs) return outcome;
    await clock.sleep(pause);
  }
}

async function tryOnce(
  connector: Connector,
  { operationId, todo }: Ask,
  retriesAfter: number,
  leftMs: number,
): Promise<Outcome> {
  let call = 'automation';
  const fail = async (failure: ConnectorError): Promise<Outcome> => {
    if (failure.status === 'INTERNAL') logCause(() => connector, failure);
    const isOwn = failure.effect !== undefined;
    // A message comes again under its id, so an earlier delivery may have had its effect.
    const effect = await earlyEffect(connector, failure, { operationId, fresh: false });
    const error = withEffect(failure, { operationId }, effect);
    if (comesAgain(error)) return { kind: 'again', call, error };
    // What cannot be read is not the operation that its id stands for: another message did that.
    if (!isOwn && error.status === 'INVALID_ARGUMENT') return { kind: 'failed', call, error };
    return finalOutcome(call, error);
  };
  if (!('service' in todo)) return fail(todo);
  const { service, body, names } = todo;
  try {
    const prepared = service.prepare(connector, body, {
      operationId: service.writes ? operationId : undefined,
      deadlineMs: leftMs,
      maxWaitMs: Math.max(0, leftMs),
      retriesAfter,
      names,
      withoutSecrets: true,
      told: new Set(),
    });
    call = prepared.name;
    checkAllowed(connector.settings.automationAllow, connector.open, call);
    const answer = await prepared.run();
    return { kind: 'succeeded', call, answer };
  } catch (cause) {
    return await fail(unforeseen(cause));
  }
}

/**
 * How a message ends that is not worked on again. An operation that is done has not failed, though its result cannot be
 * read; a clause of which rows are left has, though some of its rows are done.
 */
export function finalOutcome(call: string, error: ConnectorError): Outcome {
  if (error.effect !== 'done' || NOT_ITS_OWN.has(error.facts.reason)) return { kind: 'failed', call, error };
  const body = { connectorOutputPayload: null, note: error.message };
  return { kind: 'succeeded', call, answer: { status: 200, body, effect: 'done' } };
}

/** The effect of these errors is not that of the whole ask. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set(['ROWS_FAILED', 'OPERATION_ID_REUSED']);

/** Whether what is not known of an operation stays so, however often its message comes. */
export function isStanding(reason: string | undefined): boolean {
  return reason === 'OPERATION_TOO_OLD' || reason === 'OPERATION_ID_REUSED';
}

/** Whether the same message can end otherwise when it comes again. */
function comesAgain(error: ConnectorError): boolean {
  if (isStanding(error.facts.reason)) return false;
  return (
    error.retryable || error.effect === 'unknown' || error.status === 'INTERNAL' || CONNECTION.has(error.facts.reason)
  );
}
