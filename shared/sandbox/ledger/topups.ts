import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { requireCurrency, checkPositive } from './currencies.ts';
import { scheduleTask } from './due.ts';
import { postTransaction } from './ledger.ts';

/** Seconds until the money of a top-up arrives. In live mode the bank needs days. https://docs.stripe.com/connect/top-ups */
const ARRIVAL_SECONDS = 1;

/** POST /v1/topups. https://docs.stripe.com/api/topups/create */
function createTopup(context: Context): StoredObject {
  const { params } = context;
  const amount = Number(params['amount']);
  const currency = requireCurrency(params['currency']);
  checkPositive(amount);
  const { source: _source, ...rest } = params;
  const topup = makeObject(context, 'Topup', { ...rest, currency });
  Object.assign(topup, {
    balance_transaction: null,
    expected_availability_date: context.now + ARRIVAL_SECONDS,
    status: 'pending',
  });
  scheduleTask(context, context.now + ARRIVAL_SECONDS, 'topup.arrive', topup);
  return topup;
}

/** Adds the money of a pending top-up to the balance. */
function finishTopup(context: Context, topup: StoredObject): void {
  if (topup['status'] !== 'pending') return;
  const transaction = postTransaction(context, {
    amount: Number(topup['amount']),
    currency: String(topup['currency']),
    type: 'topup',
    source: topup.id,
    description: 'Top-up',
  });
  Object.assign(topup, { balance_transaction: transaction.id, status: 'succeeded' });
}

/** POST /v1/topups/{id}/cancel. https://docs.stripe.com/api/topups/cancel */
function cancelTopup(context: Context, id: string): StoredObject {
  const topup = objectInPath(context, 'topup', id, 'topup');
  if (topup['status'] !== 'pending')
    throw badRequest(`Only pending top-ups can be canceled: ${id} is ${String(topup['status'])}.`);
  return Object.assign(topup, { status: 'canceled' });
}

export const topups: Feature = {
  scheduled: { 'topup.arrive': finishTopup },
  entities: { Topup: { create: createTopup } },
  actions: { '/v1/topups/{id}/cancel': cancelTopup },
};
