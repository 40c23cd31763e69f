import { toConnectorError } from '../errors.ts';
import { effectOf } from '../stripe/effect.ts';
import { fingerprintOf } from './fingerprint.ts';
import { leasedPrior, type Lease } from './record/lease.ts';
import { stripeKey } from './derive-key.ts';
import type { Log } from '../ports/log.ts';
import type { StripeObject, StripeRequest, StripeSuccess } from '../stripe/transport.ts';
import { noteWritten, type CallContext } from '../stripe/call-context.ts';
import { fileSummary } from '../stripe/file-part.ts';
import { withAdmission } from './admit.ts';
import { runIdempotent, type IdempotencyDeps, type IdempotentTask } from './run-idempotent.ts';
import { toStoredOutcome, replayOutcome, type ExpectedResponse, type RecordedPart } from './stored-outcome.ts';
import { recoverOutcome } from './recover-outcome.ts';
import { deletesReusablePath, isOlderObject, unresolvedDelete } from '../stripe/reused-names.ts';
import type { StripeClient } from '../stripe/client.ts';

export interface IdempotentRequestDeps extends IdempotencyDeps {
  readonly stripe: StripeClient;
  readonly log: Log;
  /** What a record stores of the response: the setting `operation_record`. */
  readonly operationRecord: RecordedPart;
}

/**
 * Sends a write to Stripe as one operation with the call's operation id. Sends a read without an operation.
 *
 * @param expected whether the response needs the whole object or only its id
 * @throws ConnectorError; `error.effect` says whether the write may have taken effect
 */
export async function idempotentRequest(
  deps: IdempotentRequestDeps,
  request: StripeRequest,
  call: CallContext,
  expected: ExpectedResponse = 'object',
): Promise<StripeObject> {
  const { operationId } = call;
  if (request.method === 'GET' || operationId === undefined) return (await deps.stripe.request(request, call)).body;
  const { expand, ...params } = request.params;
  const { method, path, account } = request;
  const file = request.file === undefined ? undefined : fileSummary(request.file);
  const requestedExpand = expand === undefined ? '' : JSON.stringify(expand);
  // The format, the fields and the expansions of the response are not part of the payload.
  const operation = {
    id: operationId,
    fingerprint: fingerprintOf({ method, path, params, account, file }),
    expand: requestedExpand,
  };
  const replay = async (outcome: string, storedExpand: string): Promise<StripeObject> =>
    replayOutcome(deps.stripe, request, { outcome, sameExpand: storedExpand === requestedExpand }, call, expected);
  const task: IdempotentTask<StripeObject> = {
    async execute(lease, leased) {
      const leasedRequest = withLease(request, operationId, lease);
      const { body, requestId } = await attempt(deps, leasedRequest, lease, leased);
      noteWritten(call, body, requestId);
      const outcome = toStoredOutcome(request, body, deps.operationRecord);
      return {
        result: { event: 'success', outcome, requestId },
        buildResult: async () => (lease.expand === requestedExpand ? body : replay(outcome, lease.expand)),
      };
    },
    replay,
    async recover(attempts) {
      const recovered = await recoverOutcome(deps.stripe, request, stripeKey(operationId, attempts), attempts, call);
      return recovered === undefined ? undefined : toStoredOutcome(request, recovered, deps.operationRecord);
    },
  };
  return withAdmission(deps.stripe, request, call, (admitted) => runIdempotent(deps, operation, admitted, task));
}

/**
 * Returns the request with the lease's idempotency key, and with the expansions of the key's first attempt. Stripe
 * rejects a repeated key with other parameters, and the expansions are parameters.
 */
function withLease(request: StripeRequest, operationId: string, lease: Lease): StripeRequest {
  const { expand: _requested, ...params } = request.params;
  const expand: unknown = lease.expand === '' ? undefined : JSON.parse(lease.expand);
  return {
    ...request,
    params: expand === undefined ? params : { ...params, expand },
    idempotencyKey: request.idempotencyKey === undefined ? undefined : stripeKey(operationId, lease),
  };
}

type AttemptResponse = Pick<StripeSuccess, 'body' | 'requestId'>;

/**
 * Sends the request of an attempt.
 *
 * A repeated DELETE without an idempotency key could delete a newer object with the same path. The outcome of the
 * earlier attempt is therefore looked up at Stripe, and the DELETE is only sent if the object is older than the first
 * attempt.
 */
async function attempt(
  deps: IdempotentRequestDeps,
  request: StripeRequest,
  lease: Lease,
  call: CallContext,
): Promise<AttemptResponse> {
  if (lease.repeats && deletesReusablePath(request)) {
    const recovered = await recoverOutcome(deps.stripe, request, undefined, lease, call);
    if (recovered !== undefined) return { body: recovered };
    if (!(await isOlderObject(deps.stripe, request, lease.firstUs, call))) throw unresolvedDelete();
  }
  return sendOrRecover(deps, request, lease, call);
}

/**
 * Sends the request. If Stripe's error leaves the outcome of an earlier attempt unknown, looks the outcome up at Stripe
 * (`recoverOutcome`).
 */
async function sendOrRecover(
  { stripe, log }: IdempotentRequestDeps,
  request: StripeRequest,
  lease: Lease,
  call: CallContext,
): Promise<AttemptResponse> {
  try {
    return await stripe.request(request, call, leasedPrior(lease));
  } catch (cause) {
    const error = toConnectorError(cause);
    const { effect: prior = leasedPrior(lease), evidence: event = 'unsent' } = error;
    const { readBack } = effectOf({ prior, event, method: request.method, reusableName: deletesReusablePath(request) });
    if (!readBack) throw error;
    const recovered = await recoverOutcome(stripe, request, request.idempotencyKey, lease, call).catch(
      (failure: unknown) => {
        log.write('WARNING', 'outcome of the operation could not be read from Stripe', {
          call: call.name,
          operationId: call.operationId,
          cause: toConnectorError(failure).message,
        });
        return undefined;
      },
    );
    if (recovered === undefined) throw error;
    return { body: recovered };
  }
}
