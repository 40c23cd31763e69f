import type { ListedOperation } from '../../api/operator.ts';
import { countedNoun } from '../../format/words.ts';
import { TimeText } from '../../ui/value.tsx';

/** What happened to an operation, and when its record expires. */
export function RecordTimeline({ report }: { readonly report: ListedOperation }) {
  const { effect, attempts, keyVersion, requestIds, firstCalledAt, leaseEndsAt, keptUntil, resolution } = report;
  return (
    <ol className="timeline">
      <li>
        Received
        {keyVersion > 0 && `, now with idempotency key ${keyVersion + 1}: each new attempt after a failure has its own`}
      </li>
      <li>
        {firstCalledAt === null ? (
          'Nothing was sent to Stripe'
        ) : (
          <>
            First sent to Stripe <TimeText value={firstCalledAt} />
          </>
        )}
      </li>
      <li>
        Executed {countedNoun(attempts, 'time')}
        {requestIds.length > 0 && (
          <>
            ; Stripe answered <code>{requestIds.join(', ')}</code>
          </>
        )}
      </li>
      {leaseEndsAt !== null && (
        <li>
          A caller executes it; its lease ends <TimeText value={leaseEndsAt} />
        </li>
      )}
      {resolution !== null && (
        <li>
          Resolved as {resolution.effect} by {resolution.by} <TimeText value={resolution.at} />: {resolution.reason}
        </li>
      )}
      <li>
        Effect at Stripe: <strong data-effect={effect}>{effect}</strong>
      </li>
      <li>
        Its record expires <TimeText value={keptUntil} />
      </li>
    </ol>
  );
}
