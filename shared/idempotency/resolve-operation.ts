import { ConnectorError, invalidArgument } from '../errors.ts';
import { resolve } from './record/resolve.ts';
import type { OperationStore, Resolution } from './store.ts';
import { redact } from '../redact.ts';
import { operationNotFound, reportOf, type OperationReport } from './operation-report.ts';

/** An operator's decision. `objectId` is the object that the operation created or changed, if the operator knows it. */
export interface ResolvedOutcome extends Omit<Resolution, 'atUs'> {
  readonly objectId?: string | undefined;
}

/** Limit of the reason in characters. */
const MAX_REASON_LENGTH = 1000;
/** Limit of the operator's name in characters. */
const MAX_OPERATOR_LENGTH = 200;

/**
 * Resolves an operation whose outcome is unknown: records the outcome that an operator decided, with the reason, the
 * operator's name and the time. Sends nothing to Stripe.
 *
 * @throws ConnectorError NOT_FOUND if the id has no record, ABORTED while a caller executes it, FAILED_PRECONDITION if
 * its outcome is known
 */
export async function resolveOperation(
  operations: OperationStore,
  operationId: string,
  { effect, reason, by, objectId }: ResolvedOutcome,
  retentionUs: number,
): Promise<OperationReport> {
  const decision = {
    reason: requireText('reason', reason, MAX_REASON_LENGTH),
    by: requireText('by', by, MAX_OPERATOR_LENGTH),
  };
  const outcome = effect === 'done' ? doneOutcome(objectId) : notDoneFailure(decision);
  const transition = resolve(effect, outcome, decision, retentionUs);
  const report = await operations.update(operationId, (stored, nowUs) => {
    const { record, result } = transition(stored, nowUs);
    return { record, result: typeof result === 'string' ? result : reportOf(operationId, result, nowUs) };
  });
  switch (report) {
    case 'not found':
      throw operationNotFound();
    case 'in flight':
      throw new ConnectorError('ABORTED', 'the operation is in progress; retry in a minute', {
        reason: 'OPERATION_IN_FLIGHT',
        retryAfterMs: 60_000,
      });
    case 'known':
      throw new ConnectorError(
        'FAILED_PRECONDITION',
        'the outcome of the operation is known, so it cannot be resolved',
        { reason: 'OPERATION_SETTLED' },
      );
    default:
      return report;
  }
}

/** Returns a text without surrounding spaces and without secrets. Throws if it is empty or too long. */
function requireText(field: string, text: string, maxLength: number): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > maxLength)
    throw invalidArgument([{ field, description: `must have 1 to ${maxLength} characters` }]);
  return redact(trimmed);
}

/** An object id. The owner of a coupon or a plan may choose its id. */
const OBJECT_ID = /^[\w.:-]{1,255}$/;

/** Returns the outcome of an operation that took effect, as far as the operator knows it. */
function doneOutcome(objectId: string | undefined): string {
  if (objectId === undefined) return '';
  if (!OBJECT_ID.test(objectId))
    throw invalidArgument([{ field: 'object', description: 'must be the id of a Stripe object, such as pi_123' }]);
  return JSON.stringify({ id: objectId });
}

/** Returns the failure that a repeated message with the same payload gets from now on. */
function notDoneFailure({ reason, by }: Pick<Resolution, 'reason' | 'by'>): string {
  const message = `${by} resolved this operation as not done: ${reason}`;
  return JSON.stringify({ status: 'FAILED_PRECONDITION', message, details: { reason: 'OPERATION_RESOLVED' } });
}
