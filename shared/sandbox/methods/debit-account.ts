/** A test bank account, and the behavior of its debits. */
export interface DebitAccount {
  /** Type of the payment method, such as `us_bank_account`. */
  readonly type: string;
  /** The account number or IBAN. */
  readonly number: string;
  /** Id of Stripe's test payment method for the account, such as `pm_usBankAccount_success`. */
  readonly name?: string | undefined;
  /** Why the bank rejects the debit. If absent, the bank pays the debit. */
  readonly failure?: DebitFailure;
  /** The bank responds after three minutes. */
  readonly isDelayed?: true;
  /** The bank never responds. */
  readonly staysInProcessing?: true;
  /** The debit succeeds and is disputed at once. */
  readonly isDisputed?: true;
  /** Radar blocks the payment before it reaches the bank. */
  readonly isBlocked?: true;
  /** The microdeposits do not reach the account. */
  readonly failsMicrodeposits?: true;
}

export type DebitFailure = keyof typeof DEBIT_FAILURES;

/** Codes and messages of failed debits. https://docs.stripe.com/api/charges/object#charge_object-failure_code */
export const DEBIT_FAILURES = {
  account_closed: "The customer's bank account has been closed.",
  charge_exceeds_source_limit:
    'This payment method is limited to a total amount of payments per week, which this payment exceeds.',
  charge_exceeds_transaction_limit: 'The amount of this payment exceeds the limit of transactions of the account.',
  charge_exceeds_weekly_limit: 'This payment exceeds the weekly limit of transactions of the account.',
  debit_not_authorized: 'The customer has notified their bank that this payment was unauthorized.',
  generic_could_not_process: "The customer's bank could not process this payment.",
  insufficient_funds: "The customer's account has insufficient funds to cover this payment.",
  invalid_currency:
    "The bank was unable to process this payment because of its currency. Confirm with the customer's bank that the account accepts debits in this currency.",
  no_account: "The customer's bank account could not be located.",
  refer_to_customer: "The customer's bank could not process the payment. Contact the customer.",
} as const;
