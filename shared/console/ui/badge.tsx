import { humanName } from '../format/words.ts';

const GOOD =
  /^(succeeded|paid|active|complete|completed|available|posted|ok|done|published|won|verified|enabled|passed|received)$/;
const BAD =
  /^(failed|canceled|cancelled|void|uncollectible|unpaid|lost|incomplete_expired|declined|rejected|error|auth_error|disabled|expired)$/;
const WAITING =
  /^(requires_.*|processing|pending|open|past_due|incomplete|trialing|calling|held|unknown|indeterminate|paused|warning_.*|needs_response|under_review|unsent)$/;

/** The tone of a status, which decides the color of its badge. */
export function toneOf(status: string): 'good' | 'bad' | 'waiting' | 'plain' {
  const word = status.toLowerCase();
  if (GOOD.test(word)) return 'good';
  if (BAD.test(word)) return 'bad';
  return WAITING.test(word) ? 'waiting' : 'plain';
}

export function StatusBadge({ status, tone = toneOf(status) }: { readonly status: string; readonly tone?: string }) {
  return (
    <span className={`badge ${tone}`} title={status}>
      {humanName(status)}
    </span>
  );
}

/**
 * The outcome of a request: `ok` or an error code. Stripe may add codes, so an outcome without a tone gets the tone of
 * an error.
 */
export function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  const tone = toneOf(outcome);
  return <StatusBadge status={outcome} tone={tone === 'plain' ? 'bad' : tone} />;
}
