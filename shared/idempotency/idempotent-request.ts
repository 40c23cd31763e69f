import { unforeseen } from '../errors.ts';
import { fingerprintOf, type Lease } from './record.ts';
import { stripeKey } from './derive-key.ts';
import type { Log } from '../ports/log.ts';
import type { StripeObject, StripeRequest, StripeSuccess } from '../stripe/transport.ts';
import type { Call } from '../stripe/call-context.ts';
import { fileFacts } from '../stripe/file-part.ts';
import { once, type OnceParts } from './run-idempotent.ts';
import { keptOutcome, replayOutcome, type Wanted } from './stored-outcome.ts';
import { readBack } from './recover-outcome.ts';
import { isReusedName, stillStands, unsettledDelete } from '../stripe/reused-names.ts';
import type { Door } from '../stripe/client.ts';

export interface RequestParts extends OnceParts {
  readonly door: Door;
  readonly log: Log;
}

/** One write to Stripe as one operation, under the call's id. Reads are sent as they are. `wanted`: what the answer shows. */
export async function requestOnce(
  parts: RequestParts,
  request: StripeRequest,
  call: Call,
  wanted: Wanted = 'object',
): Promise<StripeObject> {
  const { operationId } = call;
  if (request.method === 'GET' || operationId === undefined) return (await parts.door.run(request, call)).body;
  parts.door.prepare();
  const { expand, ...params } = request.params;
  const { method, path, account } = request;
  const file = request.file === undefined ? undefined : fileFacts(request.file);
  const asked = expand === undefined ? '' : JSON.stringify(expand);
  // The format, the fields and the expansions of the answer are no part of the payload.
  const operation = {
    id: operationId,
    fingerprint: fingerprintOf({ method, path, params, account, file }),
    expand: asked,
  };
  const again = (outcome: string, kept: string): Promise<StripeObject> =>
    replayOutcome(parts.door, request, { outcome, sameExpand: kept === asked }, call, wanted);
  return once(parts, operation, call, {
    async work(lease, leased) {
      const own = underLease(request, operationId, lease);
      const { body, requestId } =
        lease.repeats && isReusedName(own)
          ? await repeatedDelete(parts, own, lease, leased)
          : await sent(parts, own, lease, leased);
      const outcome = keptOutcome(body);
      const show = (): Promise<StripeObject> =>
        lease.expand === asked ? Promise.resolve(body) : again(outcome, lease.expand);
      return { show, ended: { effect: 'done', outcome, requestId } };
    },
    replay: again,
    async readBack(period) {
      const found = await readBack(parts.door, request, stripeKey(operationId, period), period, call);
      return found === undefined ? undefined : keptOutcome(found);
    },
  });
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
  parts: RequestParts,
  request: StripeRequest,
  lease: Lease,
  call: Call,
): Promise<Pick<StripeSuccess, 'body' | 'requestId'>> {
  const found = await readBack(parts.door, request, undefined, lease, call);
  if (found !== undefined) return { body: found };
  if (!(await stillStands(parts.door, request, lease.firstUs, call))) throw unsettledDelete();
  return sent(parts, request, lease, call);
}

/** Sends the request. Where Stripe's answer leaves an earlier try unknown, what Stripe shows of it can settle it. */
async function sent(
  { door, log }: RequestParts,
  request: StripeRequest,
  lease: Lease,
  call: Call,
): Promise<Pick<StripeSuccess, 'body' | 'requestId'>> {
  try {
    return await door.run(request, call, lease.repeats ? 'unknown' : 'none');
  } catch (cause) {
    const error = unforeseen(cause);
    const settles =
      error.effect === 'unknown' &&
      (error.evidence === 'early refusal' ? CAN_SHOW.has(error.status) : isReusedName(request));
    if (!settles) throw error;
    const found = await readBack(door, request, request.idempotencyKey, lease, call).catch((failure: unknown) => {
      log.write('WARNING', 'what became of the operation could not be read back', {
        call: call.name,
        operationId: call.operationId,
        cause: unforeseen(failure).message,
      });
      return undefined;
    });
    if (found === undefined) throw error;
    return { body: found };
  }
}

/** Not where the key, the permission or the rate stand in the way: they stand in the way of reading too. */
const CAN_SHOW: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
  'NOT_FOUND',
  'ALREADY_EXISTS',
]);
