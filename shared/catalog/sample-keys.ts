/**
 * Keys that the samples of Google's connector show. The row of an action in the output format `connector` always has them,
 * with null if Stripe sent no value. A test compares them with the samples.
 */
const PAYMENT_INTENT = `id object amount amount_capturable amount_received canceled_at cancellation_reason capture_method
  client_secret confirmation_method created currency customer description invoice last_payment_error latest_charge level3
  livemode next_action on_behalf_of payment_method payment_method_configuration_details
  payment_method_options.card.installments payment_method_types processing receipt_email review setup_future_usage shipping
  statement_descriptor_suffix status transfer_data transfer_group`;

const INVOICE = `id object account_country account_name billing_reason charge collection_method created currency discounts
  due_date effective_at ending_balance footer lines.data lines.has_more lines.total_count livemode next_payment_attempt
  number on_behalf_of paid paid_out_of_band payment_intent`;

const KEYS: Readonly<Record<string, readonly string[]>> = {
  payment_intent: PAYMENT_INTENT.split(/\s+/),
  invoice: INVOICE.split(/\s+/),
};

/**
 * Keys that newer API versions of Stripe no longer send. The connector derives their values from the rest of the
 * response, or returns null.
 */
export const LEGACY_KEYS: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['invoice', 'level3'],
  invoice: ['charge', 'paid', 'paid_out_of_band', 'payment_intent'],
};

/** Returns the keys that a `connector` row of this object always has. `object` is Stripe's name of the type. */
export function requiredOutputKeys(object: string): readonly string[] {
  return KEYS[object] ?? [];
}
