import { make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { makeBankToken } from './bank-tokens.ts';
import { cardHash, type Card } from './card-details.ts';
import { cardByName, cardByNumber } from './cards.ts';

/** POST /v1/tokens: of a card, checked as a payment method's. https://docs.stripe.com/api/tokens/create_card */
export function createToken(context: Context): Stored {
  const { card, ...rest } = context.params;
  if (!isHash(card)) {
    if (isHash(rest['bank_account'])) return makeBankToken(context, rest['bank_account']);
    const type = ['account', 'person', 'pii', 'cvc_update'].find((name) => rest[name] !== undefined);
    if (type === undefined)
      throw bad('You must supply either a card, customer, PII data, bank account, or account to create a token.');
    return Object.assign(make(context, 'Token'), { type, used: false });
  }
  if (typeof card['number'] !== 'string')
    throw bad('Missing required param: card[number].', { code: 'parameter_missing', param: 'card[number]' });
  const given = { ...card, number: card['number'] };
  const known: Card = { row: cardByNumber(given, context.now), given };
  const token = make(context, 'Token');
  const { checks: _checks, networks, ...shown } = cardHash(known);
  const hash = { id: context.ids.id('card'), object: 'card', ...shown, networks, name: card['name'] ?? null };
  Object.assign(token, { bank_account: null, card: hash, client_ip: null, type: 'card', used: false });
  context.account.hidden.set(token.id, known);
  return token;
}

/** The card behind a token, which can be used once; Stripe's test tokens always. */
export function spendToken(context: Context, id: string, param: string): Card {
  const row = id.startsWith('tok_') ? cardByName(id) : undefined;
  if (row !== undefined) return { row };
  const token = context.account.get('token', id);
  const card = context.account.hidden.get(id) as Card | undefined;
  if (token === undefined || card === undefined) throw missing('token', id, param, true);
  if (token['used'] === true)
    throw bad(`You cannot use a Stripe token more than once: ${id}.`, { code: 'token_already_used', param });
  token['used'] = true;
  return card;
}

export const tokens: Feature = { entities: { Token: { create: createToken } } };
