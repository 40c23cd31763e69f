import { ConnectorError, invalidArgument, toConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import type { CallContext } from '../../stripe/call-context.ts';

const [DEFAULT_CALLS, MAX_CALLS] = [60, 200];
/** Maximum wait of a call. It is short, so that the user sees at once which calls exceed the rate limit. */
const BURST_WAIT_MS = 1500;

/**
 * Reads the sandbox's balance many times at once. Returns how many calls succeeded, were rejected by the rate limit, or
 * failed otherwise. The server starts the calls, because a browser limits the number of its connections and would queue
 * them.
 */
export async function burst(connector: Connector, calls: unknown = DEFAULT_CALLS): Promise<object> {
  const { stripeBase, deps, clock, settings } = connector;
  if (stripeBase === undefined)
    throw new ConnectorError('FAILED_PRECONDITION', 'a burst is only sent to a sandbox', { reason: 'NOT_A_SANDBOX' });
  if (typeof calls !== 'number' || !Number.isInteger(calls) || calls < 1 || calls > MAX_CALLS)
    throw invalidArgument([{ field: 'calls', description: `must be an integer from 1 to ${MAX_CALLS}` }]);
  const call: CallContext = {
    name: 'burst',
    clock,
    deadlineAt: clock.monotonicMs() + settings.deadlineMs,
    maxWaitMs: Math.min(settings.maxWaitMs, BURST_WAIT_MS),
    outputFormat: 'native',
    account: settings.accountId,
  };
  const startedMs = clock.monotonicMs();
  const request = { method: 'GET', path: '/v1/balance', params: {}, account: settings.accountId } as const;
  const outcomes = await Promise.all(
    Array.from({ length: calls }, () =>
      deps.stripe.request(request, call).then(
        () => 'passed' as const,
        (cause: unknown) => (toConnectorError(cause).status === 'RESOURCE_EXHAUSTED' ? 'rejected' : 'failed'),
      ),
    ),
  );
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    calls,
    passed: count('passed'),
    rejected: count('rejected'),
    failed: count('failed'),
    waitMs: call.maxWaitMs,
    tookMs: Math.round(clock.monotonicMs() - startedMs),
  };
}
