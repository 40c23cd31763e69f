import { ConnectorError, invalidArgument } from '../errors.ts';
import { resolve } from './record/resolve.ts';
import type { OperationStore, Resolution } from './store.ts';
import { redact } from '../redact.ts';
import { reportOf, type OperationReport } from './operation-report.ts';

/** An operator's word on an operation, and the id of the object that it made or changed, where the operator knows it. */
export interface ResolvedOutcome extends Omit<Resolution, 'atUs'> {
  readonly objectId?: string;
}

/** Characters of a reason, and of a name, that are kept at most. */
const MAX_REASON_LENGTH = 1000;
const MAX_OPERATOR_LENGTH = 200;

/**
 * Settles an operation whose outcome is not known, by an operator's word, kept with the reason, the name and the time.
 * Sends nothing. Throws NOT_FOUND, ABORTED while a caller works on it, FAILED_PRECONDITION where its outcome is known.
 */
export async function resolveOperation(
  operations: OperationStore,
  operationId: string,
  { effect, reason, by, objectId }: ResolvedOutcome,
  keptUs: number,
): Promise<OperationReport> {
  const said = { reason: textOf('reason', reason, MAX_REASON_LENGTH), by: textOf('by', by, MAX_OPERATOR_LENGTH) };
  const outcome = effect === 'done' ? doneOutcome(objectId) : notDone(said);
  const report = await operations.update(operationId, (record, nowUs) => {
    const { record: written, result } = resolve(effect, outcome, said, keptUs)(record, nowUs);
    const told = typeof result === 'string' ? result : reportOf(operationId, result, nowUs);
    return { result: told, ...(written === undefined ? {} : { record: written }) };
  });
  switch (report) {
    case 'not found':
      throw new ConnectorError('NOT_FOUND', 'no operation has this id, or it is forgotten (operation_retention_days)', {
        reason: 'OPERATION_NOT_FOUND',
      });
    case 'in flight':
      throw new ConnectorError('ABORTED', 'a caller works on the operation now; try again in a minute', {
        reason: 'OPERATION_IN_FLIGHT',
        retryAfterMs: 60_000,
      });
    case 'known':
      throw new ConnectorError(
        'FAILED_PRECONDITION',
        'the outcome of the operation is known; there is nothing to settle',
        {
          reason: 'OPERATION_SETTLED',
        },
      );
    default:
      return report;
  }
}

function textOf(field: string, text: string, longest: number): string {
  const plain = text.trim();
  if (plain === '' || plain.length > longest)
    throw invalidArgument([{ field, description: `must have 1 to ${longest} characters` }]);
  return redact(plain);
}

/** Coupons and plans may have ids of their owners' choice. */
const OBJECT_ID = /^[\w.:-]{1,255}$/;

function doneOutcome(objectId: string | undefined): string {
  if (objectId === undefined) return '';
  if (!OBJECT_ID.test(objectId))
    throw invalidArgument([{ field: 'object', description: 'must be the id of an object at Stripe, such as pi_123' }]);
  return JSON.stringify({ id: objectId });
}

/** What a message of this payload gets from now on. */
function notDone({ reason, by }: { readonly reason: string; readonly by: string }): string {
  const message = `${by} settled this operation as not done: ${reason}`;
  return JSON.stringify({ status: 'FAILED_PRECONDITION', message, details: { reason: 'OPERATION_RESOLVED' } });
}
