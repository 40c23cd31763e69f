import { toConnectorError, type ConnectorError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallCounts, CallOutcome } from './call-counts.ts';

interface CallCounter {
  readonly calls: CallCounts;
  readonly clock: Pick<Clock, 'epochMs'>;
}

/** Prepares a call and counts its outcome: when the preparation fails, or else when the call has run. */
export function countOutcome<R, P extends { readonly run: () => Promise<R> }>(
  { calls, clock }: CallCounter,
  prepare: () => P,
): P {
  const count = (outcome: CallOutcome): void => calls.add(clock.epochMs(), outcome);
  try {
    const prepared = prepare();
    return {
      ...prepared,
      async run() {
        try {
          const result = await prepared.run();
          count('succeeded');
          return result;
        } catch (cause) {
          count(outcomeOfError(toConnectorError(cause)));
          throw cause;
        }
      },
    };
  } catch (cause) {
    count(outcomeOfError(toConnectorError(cause)));
    throw cause;
  }
}

/** Returns how a call that failed with this error is counted. */
function outcomeOfError({ effect, status }: ConnectorError): CallOutcome {
  if (effect === 'unknown') return 'unknown';
  return status === 'RESOURCE_EXHAUSTED' ? 'rejected' : 'failed';
}
