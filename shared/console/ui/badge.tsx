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

export function StatusBadge({ status }: { readonly status: string }) {
  return (
    <span className={`badge ${toneOf(status)}`} title={status}>
      {humanName(status)}
    </span>
  );
}
