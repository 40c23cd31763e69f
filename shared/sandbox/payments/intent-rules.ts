import type { Context } from '../context.ts';
import { bad, type Refusal } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

export const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export function withCardOptions(options: unknown): object {
  const given = isHash(options) ? options : {};
  const card = isHash(given['card']) ? given['card'] : {};
  return {
    ...given,
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: 'automatic',
      ...card,
    },
  };
}

/** A payment method of a customer pays for that customer only. */
export function checkOwner(customer: unknown, method: Stored): void {
  if (method['customer'] === null || method['customer'] === customer) return;
  throw bad(
    customer === null
      ? `The PaymentMethod ${method.id} belongs to the Customer ${String(method['customer'])}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`
      : `The PaymentMethod ${method.id} does not belong to the Customer ${String(customer)}.`,
    { param: 'payment_method' },
  );
}

export function storedMethod(context: Context, intent: Stored): Stored | undefined {
  return typeof intent['payment_method'] === 'string'
    ? context.account.get('payment_method', intent['payment_method'])
    : undefined;
}

/** 400, with the intent as it is. */
export function unexpected(intent: Stored, message: string): Refusal {
  return bad(message, { code: `${intent.object}_unexpected_state`, [intent.object]: { ...intent } });
}
