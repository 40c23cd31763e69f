import { confirmationTokens } from '../cards/confirmation-tokens.ts';
import { methodAttachment } from '../cards/attachment.ts';
import { paymentMethods } from '../cards/payment-methods.ts';
import { tokens } from '../cards/tokens.ts';
import { checkoutSessions } from '../checkout/sessions.ts';
import { connectAccounts } from '../connect/accounts.ts';
import { applicationFees } from '../connect/application-fees.ts';
import { transfers } from '../connect/transfers.ts';
import type { Feature } from '../feature.ts';
import { balance } from '../ledger/balance.ts';
import { exchangeRates } from '../ledger/exchange-rates.ts';
import { payouts } from '../ledger/payouts.ts';
import { topups } from '../ledger/topups.ts';
import { microdeposits } from '../methods/verify-microdeposits.ts';
import { disputes } from './disputes/disputes.ts';
import { paymentIntents } from './intents.ts';
import { charges } from './legacy-charges.ts';
import { refunds } from './refunds.ts';
import { setupIntents } from './setup-intents.ts';

/** The features of payments, payment methods, the balance, Checkout and Connect. */
export const paymentFeatures: readonly Feature[] = [
  connectAccounts,
  applicationFees,
  balance,
  charges,
  checkoutSessions,
  confirmationTokens,
  disputes,
  exchangeRates,
  methodAttachment,
  microdeposits,
  paymentIntents,
  paymentMethods,
  payouts,
  refunds,
  setupIntents,
  tokens,
  topups,
  transfers,
];
