import type { Account } from '../store.ts';

/** What can happen to a subscription after the last failed payment attempt. https://docs.stripe.com/billing/revenue-recovery/smart-retries */
export const AFTER_RETRIES = ['cancel', 'unpaid', 'past_due'] as const;

/**
 * Settings of an account that Stripe has in the Dashboard, without an API. In the sandbox, the admin API changes them.
 */
export interface BillingSettings {
  /** Days from one payment attempt of an invoice to the next. */
  readonly retryDays: readonly number[];
  readonly afterRetries: (typeof AFTER_RETRIES)[number];
}

/** Key of the settings in the private data of an account. */
const BILLING_SETTINGS = 'billing settings';

/** The default settings: three retries, then the subscription is canceled. */
const DEFAULT_BILLING: BillingSettings = { retryDays: [3, 5, 7], afterRetries: 'cancel' };

export function billingSettings(account: Account): BillingSettings {
  const savedSettings = account.privateData.get(BILLING_SETTINGS) as Partial<BillingSettings> | undefined;
  return { ...DEFAULT_BILLING, ...savedSettings };
}

export function setBillingSettings(account: Account, settings: Partial<BillingSettings>): BillingSettings {
  account.privateData.set(BILLING_SETTINGS, { ...billingSettings(account), ...settings });
  return billingSettings(account);
}
