import type { Context } from '../context.ts';
import type { Stored } from '../store.ts';
import { closeDispute, updateDispute } from './disputes.ts';
import { createFile, quotePdf } from './files.ts';
import {
  checkDeletable,
  checkInvoiceUpdate,
  createInvoice,
  createInvoiceItem,
  finalizeInvoice,
  markUncollectible,
  payInvoice,
  voidInvoice,
} from './invoices.ts';
import { cancel, capture, checkUpdate, confirm, createPaymentIntent } from './payment-intents.ts';
import { attach, checkUpdatable, createPaymentMethod, detach } from './payment-methods.ts';
import { createPrice, checkProductDelete } from './prices.ts';
import { acceptQuote, cancelQuote, checkQuoteUpdate, createQuote, finalizeQuote } from './quotes.ts';
import { createRefund } from './refunds.ts';
import { cancelSubscription, createSubscription } from './subscriptions.ts';
import { createWebhookEndpoint, updateWebhookEndpoint } from './webhook-endpoints.ts';

/** What an entity does otherwise than the generic store. */
export interface EntityMachine {
  readonly create?: (context: Context) => Stored;
  /** Before an update is stored: refuses, or moves the state. */
  readonly update?: (context: Context, object: Stored) => void;
  /** Before a deletion: refuses. */
  readonly remove?: (context: Context, object: Stored) => void;
  /** Instead of a deletion. */
  readonly end?: (context: Context, object: Stored) => Stored;
}

/** A Buffer is a file. */
export type ActionMachine = (context: Context, id: string) => Stored | Buffer;

export const MACHINES: {
  readonly entities: Readonly<Record<string, EntityMachine>>;
  readonly actions: Readonly<Record<string, ActionMachine>>;
} = {
  entities: {
    Dispute: { update: updateDispute },
    File: { create: createFile },
    Invoice: {
      create: createInvoice,
      update: checkInvoiceUpdate,
      remove: (_context, invoice) => checkDeletable(invoice),
    },
    InvoiceItem: { create: createInvoiceItem },
    PaymentIntent: { create: createPaymentIntent, update: checkUpdate },
    PaymentMethod: { create: createPaymentMethod, update: (_context, method) => checkUpdatable(method) },
    Price: { create: createPrice },
    Product: { remove: checkProductDelete },
    Quote: { create: createQuote, update: checkQuoteUpdate },
    Refund: { create: createRefund },
    WebhookEndpoint: { create: createWebhookEndpoint, update: updateWebhookEndpoint },
    Subscription: { create: createSubscription, end: cancelSubscription },
  },
  actions: {
    '/v1/payment_intents/{id}/confirm': confirm,
    '/v1/payment_intents/{id}/capture': capture,
    '/v1/payment_intents/{id}/cancel': cancel,
    '/v1/payment_methods/{id}/attach': attach,
    '/v1/payment_methods/{id}/detach': detach,
    '/v1/invoices/{id}/finalize': finalizeInvoice,
    '/v1/invoices/{id}/pay': payInvoice,
    '/v1/invoices/{id}/void': voidInvoice,
    '/v1/invoices/{id}/mark_uncollectible': markUncollectible,
    '/v1/quotes/{id}/finalize': finalizeQuote,
    '/v1/quotes/{id}/accept': acceptQuote,
    '/v1/quotes/{id}/cancel': cancelQuote,
    '/v1/quotes/{id}/pdf': quotePdf,
    '/v1/disputes/{id}/close': closeDispute,
  },
};
