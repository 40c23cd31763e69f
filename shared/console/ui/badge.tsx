import { humanName } from '../format/words.ts';

const GOOD =
  /^(succeeded|paid|active|complete|completed|available|posted|ok|done|published|won|verified|enabled|passed|received)$/;
const BAD =
  /^(failed|canceled|cancelled|void|uncollectible|unpaid|lost|incomplete_expired|declined|rejected|error|auth_error|disabled|expired)$/;
const WAITING =
  /^(requires_.*|processing|pending|open|past_due|incomplete|trialing|calling|held|unknown|indeterminate|paused|warning_.*|needs_response|under_review|unsent)$/;

/** The colour of a status. Its text is always shown too. */
export function toneOf(status: string): 'good' | 'bad' | 'waiting' | 'plain' {
  const word = status.toLowerCase();
  return GOOD.test(word) ? 'good' : BAD.test(word) ? 'bad' : WAITING.test(word) ? 'waiting' : 'plain';
}

export function StatusBadge({ status, tone = toneOf(status) }: { readonly status: string; readonly tone?: string }) {
  return (
    <span className={`badge ${tone}`} title={status}>
      {humanName(status)}
    </span>
  );
}

/** The outcome of a request: `ok`, or a code of an error, which Stripe may add any time. */
export function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  const tone = toneOf(outcome);
  return <StatusBadge status={outcome} tone={tone === 'plain' ? 'bad' : tone} />;
}
