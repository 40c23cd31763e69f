import type { Account } from '../store.ts';

/** What becomes of a subscription whose last payment attempt failed. https://docs.stripe.com/billing/revenue-recovery/smart-retries */
export const AFTER_RETRIES = ['cancel', 'unpaid', 'past_due'] as const;

/** The settings of an account's Dashboard that no API of Stripe has: the admin API changes them. */
export interface BillingSettings {
  /** Days from one payment attempt of an invoice to the next. */
  readonly retryDays: readonly number[];
  readonly afterRetries: (typeof AFTER_RETRIES)[number];
}

const BILLING_SETTINGS = 'billing settings';

const DEFAULT_BILLING: BillingSettings = { retryDays: [3, 5, 7], afterRetries: 'cancel' };

export function billingSettings({ hidden }: Account): BillingSettings {
  return { ...DEFAULT_BILLING, ...(hidden.get(BILLING_SETTINGS) as Partial<BillingSettings> | undefined) };
}

export function setBillingSettings(account: Account, settings: Partial<BillingSettings>): BillingSettings {
  account.hidden.set(BILLING_SETTINGS, { ...billingSettings(account), ...settings });
  return billingSettings(account);
}
