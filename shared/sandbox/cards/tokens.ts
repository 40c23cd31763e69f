import { makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, missingParam, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { makeBankToken } from './bank-tokens.ts';
import { cardHash, type Card } from './card-details.ts';
import { cardByName, cardByNumber } from './cards.ts';

/** POST /v1/tokens. https://docs.stripe.com/api/tokens */
export function createToken(context: Context): StoredObject {
  const { card, ...rest } = context.params;
  if (isHash(card)) return makeCardToken(context, card);
  if (isHash(rest['bank_account'])) return makeBankToken(context, rest['bank_account']);
  const type = ['account', 'person', 'pii', 'cvc_update'].find((name) => rest[name] !== undefined);
  if (type === undefined)
    throw badRequest('You must supply either a card, customer, PII data, bank account, or account to create a token.');
  return Object.assign(makeObject(context, 'Token'), { type, used: false });
}

/** Creates a token of a card. The card data is checked as for a payment method. https://docs.stripe.com/api/tokens/create_card */
function makeCardToken(context: Context, card: Record<string, unknown>): StoredObject {
  if (typeof card['number'] !== 'string') throw missingParam('card[number]');
  const input = { ...card, number: card['number'] };
  const tokenCard: Card = { row: cardByNumber(input, context.now), input };
  const token = makeObject(context, 'Token');
  const { checks: _checks, networks, ...cardFields } = cardHash(tokenCard);
  const hash = { id: context.ids.id('card'), object: 'card', ...cardFields, networks, name: card['name'] ?? null };
  Object.assign(token, { bank_account: null, card: hash, client_ip: null, type: 'card', used: false });
  context.account.privateData.set(token.id, tokenCard);
  return token;
}

/** Returns the card of a token and marks the token as used. Test tokens such as `tok_visa` can be used many times. */
export function spendToken(context: Context, id: string, param: string): Card {
  const row = id.startsWith('tok_') ? cardByName(id) : undefined;
  if (row !== undefined) return { row };
  const token = context.account.get('token', id);
  const card = context.account.privateData.get(id) as Card | undefined;
  if (token === undefined || card === undefined) throw noSuchObject('token', id, param, true);
  if (token['used'] === true)
    throw badRequest(`You cannot use a Stripe token more than once: ${id}.`, { code: 'token_already_used', param });
  token['used'] = true;
  return card;
}

export const tokens: Feature = { entities: { Token: { create: createToken } } };
