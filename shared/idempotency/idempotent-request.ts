import { toConnectorError } from '../errors.ts';
import { effectOf } from '../stripe/effect.ts';
import { fingerprintOf } from './fingerprint.ts';
import { leasedPrior, type Lease } from './record/lease.ts';
import { stripeKey } from './derive-key.ts';
import type { Log } from '../ports/log.ts';
import type { StripeObject, StripeRequest, StripeSuccess } from '../stripe/transport.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { fileFacts } from '../stripe/file-part.ts';
import { withAdmission } from './admit.ts';
import { runIdempotent, type IdempotencyDeps, type IdempotentTask } from './run-idempotent.ts';
import { toStoredOutcome, replayOutcome, type ExpectedRequest } from './stored-outcome.ts';
import { recoverOutcome } from './recover-outcome.ts';
import { isReusedName, stillStands, unsettledDelete } from '../stripe/reused-names.ts';
import type { StripeClient } from '../stripe/client.ts';

export interface IdempotentRequestDeps extends IdempotencyDeps {
  readonly stripe: StripeClient;
  readonly log: Log;
}

/** One write to Stripe as one operation, under the call's id. Reads are sent as they are. `wanted`: what the answer shows. */
export async function idempotentRequest(
  deps: IdempotentRequestDeps,
  request: StripeRequest,
  call: CallContext,
  wanted: ExpectedRequest = 'object',
): Promise<StripeObject> {
  const { operationId } = call;
  if (request.method === 'GET' || operationId === undefined) return (await deps.stripe.request(request, call)).body;
  const { expand, ...params } = request.params;
  const { method, path, account } = request;
  const file = request.file === undefined ? undefined : fileFacts(request.file);
  const requested = expand === undefined ? '' : JSON.stringify(expand);
  // The format, the fields and the expansions of the answer are no part of the payload.
  const operation = {
    id: operationId,
    fingerprint: fingerprintOf({ method, path, params, account, file }),
    expand: requested,
  };
  const again = (outcome: string, kept: string): Promise<StripeObject> =>
    replayOutcome(deps.stripe, request, { outcome, sameExpand: kept === requested }, call, wanted);
  const task: IdempotentTask<StripeObject> = {
    async execute(lease, leased) {
      const own = underLease(request, operationId, lease);
      const { body, requestId } =
        lease.repeats && isReusedName(own)
          ? await repeatedDelete(deps, own, lease, leased)
          : await sent(deps, own, lease, leased);
      const outcome = toStoredOutcome(body);
      const show = (): Promise<StripeObject> =>
        lease.expand === requested ? Promise.resolve(body) : again(outcome, lease.expand);
      return { show, ended: { event: 'success', outcome, requestId } };
    },
    replay: again,
    async readBack(period) {
      const recovered = await recoverOutcome(deps.stripe, request, stripeKey(operationId, period), period, call);
      return recovered === undefined ? undefined : toStoredOutcome(recovered);
    },
  };
  return withAdmission(deps.stripe, request, call, (admitted) => runIdempotent(deps, operation, admitted, task));
}

/** The request with the lease's key, and with the expansions that went with the key first: Stripe compares them. */
function underLease(request: StripeRequest, operationId: string, lease: Lease): StripeRequest {
  const { expand: _asked, ...params } = request.params;
  const expand: unknown = lease.expand === '' ? undefined : JSON.parse(lease.expand);
  return {
    ...request,
    params: expand === undefined ? params : { ...params, expand },
    ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: stripeKey(operationId, lease) }),
  };
}

/** Read back first: sent again only where what it names has stood there since before the first try. */
async function repeatedDelete(
  deps: IdempotentRequestDeps,
  request: StripeRequest,
  lease: Lease,
  call: CallContext,
): Promise<Pick<StripeSuccess, 'body' | 'requestId'>> {
  const recovered = await recoverOutcome(deps.stripe, request, undefined, lease, call);
  if (recovered !== undefined) return { body: recovered };
  if (!(await stillStands(deps.stripe, request, lease.firstUs, call))) throw unsettledDelete();
  return sent(deps, request, lease, call);
}

/** Sends the request. Where Stripe's answer leaves an earlier try unknown, what Stripe shows of it can settle it. */
async function sent(
  { stripe: stripe, log }: IdempotentRequestDeps,
  request: StripeRequest,
  lease: Lease,
  call: CallContext,
): Promise<Pick<StripeSuccess, 'body' | 'requestId'>> {
  try {
    return await stripe.request(request, call, leasedPrior(lease));
  } catch (cause) {
    const error = toConnectorError(cause);
    const { effect: prior = leasedPrior(lease), evidence: event = 'unsent' } = error;
    const { readBack } = effectOf({ prior, event, method: request.method, reusableName: isReusedName(request) });
    if (!readBack) throw error;
    const recovered = await recoverOutcome(stripe, request, request.idempotencyKey, lease, call).catch(
      (failure: unknown) => {
        log.write('WARNING', 'what became of the operation could not be read back', {
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
