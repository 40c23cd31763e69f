import { makeBankAccount, isBankAccount } from '../cards/bank-tokens.ts';
import { cardHash } from '../cards/card-details.ts';
import { DECLINES } from '../cards/declines.ts';
import { saveSourceCard } from '../cards/payment-methods.ts';
import { createToken, spendToken } from '../cards/tokens.ts';
import { objectInPath, makeObject, type Context } from '../context.ts';
import type { EntityRules, Feature } from '../feature.ts';
import { badRequest, cardError, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Creates a card or bank account of a customer or a connected account. https://docs.stripe.com/api/cards/create, https://docs.stripe.com/api/customer_bank_accounts/create */
export function createSource(context: Context): StoredObject {
  const { source, external_account: external, customer, account, ...params } = context.params;
  const param = source === undefined ? 'external_account' : 'source';
  const data = source ?? external;
  const owner =
    typeof customer === 'string'
      ? { customer: objectInPath(context, 'customer', customer, 'customer').id }
      : { account: account ?? null };
  const newSource = isBankAccount(data)
    ? makeBankAccount(context, data, param, params)
    : makeCard(context, data, param, params);
  Object.assign(newSource, owner);
  embedExternalAccounts(context, String(account));
  const customerObject = typeof customer === 'string' ? context.account.get('customer', customer) : undefined;
  if (customerObject !== undefined) customerObject['default_source'] ??= newSource.id;
  return newSource;
}

/**
 * Runs before a source is deleted. Removes the payment method with the id of the source, and removes the source from
 * `external_accounts`. If the source was the customer's default source, another source of the customer becomes the
 * default. https://docs.stripe.com/api/cards/delete
 */
function prepareSourceDeletion(context: Context, source: StoredObject): void {
  const { account } = context;
  const customer = account.get('customer', String(source['customer']));
  account.remove('payment_method', source.id);
  embedExternalAccounts(context, String(source['account']), source.id);
  if (customer?.['default_source'] !== source.id) return;
  const next = SOURCE_KINDS.flatMap((kind) => account.all(kind)).find(
    (candidate) => candidate['customer'] === customer.id && candidate.id !== source.id,
  );
  customer['default_source'] = next?.id ?? null;
}

/** The kinds of objects that can be a source. */
const SOURCE_KINDS = ['card', 'bank_account'];

/**
 * Sets the field `external_accounts` of a connected account to its sources, without the one whose id is `removed`:
 * first the bank accounts and then the cards, each with the newest first.
 * https://docs.stripe.com/api/accounts/object#account_object-external_accounts
 */
function embedExternalAccounts({ account }: Context, id: string, removed?: string): void {
  const owner = account.get('account', id);
  if (owner === undefined) return;
  const data = SOURCE_KINDS.flatMap((kind) => account.all(kind)).filter(
    (candidate) => candidate['account'] === id && candidate.id !== removed,
  );
  owner['external_accounts'] = {
    object: 'list',
    data: data.reverse(),
    has_more: false,
    total_count: data.length,
    url: `/v1/accounts/${id}/external_accounts`,
  };
}

/** Rejects a default source that does not belong to the customer. https://docs.stripe.com/api/customers/update#update_customer-default_source */
export function checkDefaultSource({ account }: Context, customer: StoredObject, id: string): void {
  const source = SOURCE_KINDS.map((kind) => account.get(kind, id)).find((candidate) => candidate !== undefined);
  if (source?.['customer'] !== customer.id) throw noSuchObject('source', id, 'default_source', true);
}

/** Creates a card from a token, or from the card number in the request. Throws 402 if the bank declines the card. */
function makeCard(context: Context, data: unknown, param: string, params: Context['params']): StoredObject {
  const card = makeObject(context, 'Card', params);
  try {
    const token = isHash(data) ? tokenOfCard(context, data) : String(data);
    const tokenCard = spendToken(context, token, param);
    const { decline, attaches } = tokenCard.row;
    if (decline !== undefined && attaches !== true) throw cardError(DECLINES[decline]);
    saveSourceCard(context, card, tokenCard);
    const { checks: _checks, networks: _networks, ...cardFields } = cardHash(tokenCard);
    const fields = Object.entries(cardFields).filter(([name]) => Object.hasOwn(card, name));
    return Object.assign(card, Object.fromEntries(fields), { cvc_check: 'pass' });
  } catch (error) {
    context.account.remove('card', card.id);
    throw error;
  }
}

/** Creates a token for a card whose number is in the request. */
function tokenOfCard(context: Context, data: Record<string, unknown>): string {
  const { object: _object, ...card } = data;
  return createToken({ ...context, params: { card } }).id;
}

/**
 * POST /v1/customers/{customer}/sources/{id}/verify. The parameter `amounts` has the amounts of the two microdeposits.
 * Without it, the sandbox accepts the verification.
 * https://docs.stripe.com/ach-deprecated#manually-collecting-and-verifying-bank-accounts
 */
function verifyBankAccount(context: Context, id: string): StoredObject {
  const bankAccount = objectInPath(context, 'bank_account', id);
  const amountsParam = context.params['amounts'];
  const amounts = Array.isArray(amountsParam) ? amountsParam.map(Number).sort((a, b) => a - b) : undefined;
  if (bankAccount['status'] === 'verified') throw badRequest('This bank account has already been verified.');
  if (amounts !== undefined && amounts.join() !== TEST_AMOUNTS)
    throw badRequest('The amounts provided do not match the amounts that were sent to the bank account.', {
      code: 'amounts_mismatch',
      param: 'amounts',
    });
  return Object.assign(bankAccount, { status: 'verified' });
}

/** In test mode, the two microdeposits to every bank account have these amounts, in cents. */
const TEST_AMOUNTS = '32,45';

/** The rules of all entities that are sources. */
const rules: EntityRules = { create: createSource, beforeDelete: prepareSourceDeletion };

export const sources: Required<Pick<Feature, 'entities' | 'actions'>> = {
  actions: { '/v1/customers/{customer}/sources/{id}/verify': verifyBankAccount },
  entities: { BankAccount: rules, Card: rules, CustomerSource: rules, ExternalAccount: rules },
};
