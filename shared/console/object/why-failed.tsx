import type { OutputRow } from '../api/calls.ts';
import { humanName } from '../format/words.ts';

/**
 * Columns with the reason of a failure, by entity: the payment's last error, the charge's failure.
 * https://docs.stripe.com/api/payment_intents/object, https://docs.stripe.com/api/charges/object
 */
const FAILURE_COLUMNS: readonly (readonly [message: string, code: string, decline: string, page: string])[] = [
  ['LastPaymentErrorMessage', 'LastPaymentErrorCode', 'LastPaymentErrorDeclineCode', 'LastPaymentErrorDocUrl'],
  ['LastSetupErrorMessage', 'LastSetupErrorCode', 'LastSetupErrorDeclineCode', 'LastSetupErrorDocUrl'],
  ['FailureMessage', 'FailureCode', 'OutcomeReason', ''],
];

/** Says at the top of an object why it failed; nothing if it did not. */
export function WhyFailed({ row }: { readonly row: OutputRow }) {
  const names = FAILURE_COLUMNS.find(([message]) => typeof row[message] === 'string');
  if (names === undefined) return null;
  const [message, code, decline, page] = names.map((name) => row[name]);
  const reasons = [code, decline].filter((text): text is string => typeof text === 'string' && text !== '');
  return (
    <section className="failure" aria-label="Why it failed">
      <p className="failure-title">{String(message)}</p>
      <p>
        {reasons.map(humanName).join(': ')}{' '}
        {typeof page === 'string' && (
          <a href={page} target="_blank" rel="noreferrer noopener">
            Stripe's page of this error
          </a>
        )}
      </p>
    </section>
  );
}
