/**
 * The meaning of a number in Stripe's inputs. The write policy uses `NUMERIC_INPUTS`, which has the meaning of every
 * number in a write and is reviewed by hand. The generator fails if a write has a number that is not in the table.
 * Source: the descriptions in the SDK's declarations.
 *
 *   money     an amount in the currency's minor unit
 *   unit      an amount per unit, to be multiplied by the quantity of the same or an outer object
 *   quantity  a factor
 *   none      not money: a time, a percentage, a count
 */
export type Meaning = 'money' | 'unit' | 'quantity' | 'none';

/** Returns an entry of the table for each of the names, which are separated by white space. */
function rows(meaning: Meaning, names: string): [string, Meaning][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, meaning]);
}

/** Meanings of inputs by the last names of their paths. The longest matching entry applies. */
export const NUMERIC_INPUTS: ReadonlyMap<string, Meaning> = new Map([
  ...rows(
    'money',
    `amount amount_decimal amount_eligible amount_gte amount_off amount_refunded amount_tax amount_tip
     amount_to_capture amount_to_confirm amounts application_fee application_fee_amount atm_fee average_amount balance
     capture_amount cashback_amount credit_amount discount_amount final_amount fixed_amounts flat_amount
     flat_amount_decimal gross_amount_decimal increment_amount local_amount_decimal maximum_amount merchant_amount
     minimum_amount minimum_balance_by_currency national_amount_decimal out_of_band_amount refund_amount reverse_amount
     smart_tip_threshold tax taxable_amount total total_tax_amount transfer_up_to_amount
     amount.value amount_requested.value monetary.value`,
  ),
  ...rows(
    'unit',
    `unit_amount unit_amount_decimal unit_cost unit_cost_decimal preset
     custom_unit_amount.maximum custom_unit_amount.minimum cart.line_items.amount`,
  ),
  ...rows('quantity', 'quantity quantity_decimal adjustable_quantity.maximum'),
  // Times and durations.
  ...rows(
    'none',
    `accepted_at active_from automatically_finalizes_at backdate_start_date billing_cycle_anchor cancel_at canceled_at
     check_in_at date day day_of_month days_until_due delay_days delay_days_override departure_at due_date
     duration_in_months effective_at effective_date end end_date end_hour exp_month exp_year expected_at
     expires_after_days expires_after_seconds expires_at failed_at frozen_time guaranteed_at hour initiated_at
     interval_count interval_end interval_start iterations minute minutes month monthly_anchor monthly_payout_days nights
     posted_at proration_date purchase_interval_count received_at redeem_by refunded_at resumes_at returned_at second
     start start_date start_hour tax_date timestamp timezone_offset trial_end trial_period_days year
     maximum.value minimum.value`,
  ),
  // Shares of an amount that is limited elsewhere.
  ...rows('none', 'amount_percent application_fee_percent percent_off percent_ownership percentage percentages'),
  // Counts, sizes and scores. `up_to` belongs to the tiers of a price, `divide_by` to its packages.
  ...rows(
    'none',
    `accounts adjustable_quantity.minimum cb_score color_depth count dispute_rate divide_by estimated_worker_count height
     invalid_account_number_decline_rate_past_hour invalid_credentials_decline_rate_past_hour length limit
     max_redemptions maximum_length metric_tons minimum_length next_invoice_sequence next_sequence installment.number odometer
     payment_count payment_method_redisplay_limit payments_per_period priority score screen_height screen_width
     template_version up_to usage_gte usage_threshold.gte weight width`,
  ),
]);

/**
 * Inputs that refer to an object whose amount is stored at Stripe, by the last names of their paths. `false` marks a
 * path that ends with such a name but does not refer to an amount.
 */
export const AMOUNTS_ELSEWHERE: Readonly<Record<string, boolean>> = {
  price: true,
  plan: true,
  shipping_rate: true,
  trial_offer: true,
  invoice_item: true,
  invoice_line_item: true,
  // Selects the items to which a billing schedule applies.
  'applies_to.price': false,
  // Splits a card payment into installments of the same total. https://docs.stripe.com/payments/mx-installments
  'installments.plan': false,
};

/**
 * Lists whose entries are paid together, so that their amounts are added. The entries of other lists are alternatives
 * (tiers, tips) or consecutive (phases).
 */
export const ADDED_LISTS: readonly string[] = [
  'add_invoice_items',
  'invoice_items',
  'items',
  'line_items',
  'lines',
  'optional_items',
];

/** Lists from which the payer chooses one entry, whose amount is added to those of `ADDED_LISTS`. */
export const CHOSEN_LISTS: readonly string[] = ['shipping_options'];

/**
 * Inputs whose keys are currencies, in addition to every `*_by_currency`. An input named `tipping` may also have keys
 * that are not currencies, which never have three letters.
 */
export const CURRENCY_KEYS: readonly string[] = ['currency_options', 'payout_methods', 'tipping'];

/** Objects whose keys and values the caller chooses. Their values are never money. */
export const FREE_KEYS: readonly string[] = ['metadata', 'invoice_metadata', 'payload'];
