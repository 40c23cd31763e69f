import { ConnectorError, invalidArgument, toConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import type { CallContext } from '../../stripe/call-context.ts';

const [DEFAULT_CALLS, MAX_CALLS] = [60, 200];
/** Short, so that calls beyond the capacity are rejected while the user watches. */
const BURST_WAIT_MS = 1500;

/**
 * Reads the sandbox's balance many times at once, each call waiting at most a short time, and returns how many got a
 * permit. The calls start in the server: a browser would queue them at its own limit of connections.
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
  const begunMs = clock.monotonicMs();
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
    tookMs: Math.round(clock.monotonicMs() - begunMs),
  };
}
