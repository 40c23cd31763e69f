import { markSetUp } from '../cards/method-state.ts';
import { attachTo } from '../cards/attachment.ts';
import type { Context } from '../context.ts';
import type { StoredObject } from '../store.ts';

/** Attaches a payment method to the customer if the intent has `setup_future_usage`. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-setup_future_usage */
export function saveForLater(context: Context, intent: StoredObject, method: StoredObject): void {
  const usage = intent['setup_future_usage'];
  if (usage === null || usage === undefined) return;
  if (usage === 'off_session') markSetUp(context, method);
  if (method['customer'] === null && typeof intent['customer'] === 'string')
    attachTo(context, method, intent['customer']);
}
