import type { OutputRow } from '../api/calls.ts';
import { humanName } from '../format/words.ts';

/**
 * Columns with the reason of a failure, for payment intents, setup intents and charges.
 * https://docs.stripe.com/api/payment_intents/object, https://docs.stripe.com/api/charges/object
 */
const FAILURE_COLUMNS: readonly (readonly [message: string, code: string, reason: string, docUrl: string])[] = [
  ['LastPaymentErrorMessage', 'LastPaymentErrorCode', 'LastPaymentErrorDeclineCode', 'LastPaymentErrorDocUrl'],
  ['LastSetupErrorMessage', 'LastSetupErrorCode', 'LastSetupErrorDeclineCode', 'LastSetupErrorDocUrl'],
  ['FailureMessage', 'FailureCode', 'OutcomeReason', ''],
];

/** The reason why a payment, a setup or a charge failed. Renders nothing for an object without a failure message. */
export function FailureReason({ row }: { readonly row: OutputRow }) {
  const names = FAILURE_COLUMNS.find(([message]) => typeof row[message] === 'string');
  if (names === undefined) return null;
  const [message, code, reason, docUrl] = names.map((name) => row[name]);
  const reasons = [code, reason].filter((text): text is string => typeof text === 'string' && text !== '');
  return (
    <section className="failure" aria-label="Why it failed">
      <p className="failure-title">{String(message)}</p>
      <p>
        {reasons.map(humanName).join(': ')}{' '}
        {typeof docUrl === 'string' && (
          <a href={docUrl} target="_blank" rel="noreferrer noopener">
            Stripe's page of this error
          </a>
        )}
      </p>
    </section>
  );
}
