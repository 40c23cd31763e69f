import { useConnection, movesRealMoney } from '../../../shell/console-context.tsx';
import type { ControlProps } from '../field-input.tsx';
import { IdField } from './id-input.tsx';
import { SuggestInput, type Suggestion } from './suggest-input.tsx';

/** Stripe's payment methods for tests. https://docs.stripe.com/testing */
const TEST_CARDS: readonly Suggestion[] = [
  { value: 'pm_card_visa', note: 'succeeds' },
  { value: 'pm_card_mastercard', note: 'succeeds' },
  { value: 'pm_card_amex', note: 'succeeds' },
  { value: 'pm_card_authenticationRequired', note: 'requires 3-D Secure for every payment' },
  { value: 'pm_card_threeDSecure2Required', note: 'requires 3-D Secure' },
  { value: 'pm_card_visa_chargeDeclined', note: 'declined: generic_decline' },
  { value: 'pm_card_visa_chargeDeclinedInsufficientFunds', note: 'declined: insufficient_funds' },
  { value: 'pm_card_visa_chargeDeclinedLostCard', note: 'declined: lost_card' },
  { value: 'pm_card_visa_chargeDeclinedStolenCard', note: 'declined: stolen_card' },
  { value: 'pm_card_chargeDeclinedExpiredCard', note: 'declined: expired_card' },
  { value: 'pm_card_chargeDeclinedIncorrectCvc', note: 'declined: incorrect_cvc' },
  { value: 'pm_card_chargeDeclinedProcessingError', note: 'declined: processing_error' },
  { value: 'pm_card_chargeCustomerFail', note: 'attaches, then fails when charged' },
  { value: 'pm_card_createDispute', note: 'succeeds, then disputed as fraudulent' },
  { value: 'pm_card_radarBlock', note: 'blocked by Radar' },
  { value: 'pm_card_refundFail', note: 'succeeds; its refund fails later' },
  { value: 'pm_card_us', note: 'succeeds, country US' },
  { value: 'pm_card_gb', note: 'succeeds, country GB' },
];

export function isCardField(name: string): boolean {
  return /^(payment_?method(id)?|default_?payment_?method)$/i.test(name);
}

interface TestCardInputProps {
  readonly value: unknown;
  readonly control: ControlProps;
  readonly onChange: (value: unknown) => void;
}

/** The input of a payment method. If calls cannot move real money, Stripe's test cards are suggested with their effects. */
export function TestCardInput({ value, control, onChange }: TestCardInputProps) {
  const connection = useConnection();
  if (movesRealMoney(connection))
    return <IdField entity="PaymentMethod" value={value} control={control} onChange={onChange} />;
  return (
    <SuggestInput
      text={value === undefined ? '' : String(value)}
      suggestions={TEST_CARDS}
      control={control}
      label="Test cards"
      placeholder="pm_..., or a test card"
      onChange={(text) => onChange(text === '' ? undefined : text)}
    />
  );
}
