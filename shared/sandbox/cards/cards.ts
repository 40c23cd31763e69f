import { cardError, type StripeApiError } from '../api-error.ts';
import { COUNTRY_ROWS } from './countries.ts';
import { DECLINES, INVALID_CARD_DATA } from './declines.ts';
import type { CardRow } from './card-row.ts';
import { CARD_ROWS } from './table.ts';

const ROWS: readonly CardRow[] = [...CARD_ROWS, ...COUNTRY_ROWS];
const BY_NUMBER = new Map(ROWS.filter(({ number }) => number !== '').map((row) => [row.number, row]));
const BY_NAME = new Map(ROWS.flatMap((row) => (row.names ?? []).map((name): [string, CardRow] => [name, row])));

/** Last digits for test cards that have a name (`pm_card_...`) but no number. */
const LAST4_WITHOUT_NUMBER = '0002';

/** Returns the card of an id such as `pm_card_visa` or `tok_visa`. */
export function cardByName(id: string): CardRow | undefined {
  const name = /^(?:pm_card|tok)_(\w+)$/.exec(id)?.[1];
  return name === undefined ? undefined : BY_NAME.get(name);
}

export function last4(card: CardRow): string {
  return (card.number === '' ? LAST4_WITHOUT_NUMBER : card.number).slice(-4);
}

/** Card data in a request. */
export interface CardInput {
  readonly number: string;
  readonly exp_month?: unknown;
  readonly exp_year?: unknown;
  readonly cvc?: unknown;
}

/** Checks card data and returns the test card with this number. Throws for any other number. https://docs.stripe.com/testing#invalid-data */
export function cardByNumber(input: CardInput, now: number): CardRow {
  const number = input.number.replaceAll(/[ -]/g, '');
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) throw invalidCard('number');
  checkExpiry(input, now);
  const card = BY_NUMBER.get(number);
  checkCvc(input.cvc, card?.brand);
  if (card === undefined) throw cardError(DECLINES.liveCard, { param: '' });
  return card;
}

function checkExpiry({ exp_month, exp_year }: CardInput, now: number): void {
  const today = new Date(now * 1000);
  const [month, year] = [Number(exp_month), fullYear(exp_year)];
  if (!(month >= 1 && month <= 12)) throw invalidCard('month');
  const thisYear = today.getUTCFullYear();
  if (!(year >= thisYear && year <= thisYear + 50)) throw invalidCard('year');
  if (year === thisYear && month < today.getUTCMonth() + 1) throw invalidCard('month');
}

/**
 * Returns a year with four digits. Stripe also accepts two digits: 34 is 2034, and a number above 80 is a year of 19xx.
 */
export function fullYear(year: unknown): number {
  const input = Number(year);
  return input < 100 ? input + (input > 80 ? 1900 : 2000) : input;
}

/** Checks a CVC: three digits. For American Express, four digits are valid too. */
function checkCvc(cvc: unknown, brand: string | undefined): void {
  if (cvc === undefined) return;
  const pattern = brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/;
  if (typeof cvc !== 'string' || !pattern.test(cvc)) throw invalidCard('cvc');
}

function invalidCard(field: keyof typeof INVALID_CARD_DATA): StripeApiError {
  const { message, code, param } = INVALID_CARD_DATA[field];
  return cardError({ message, code }, { param });
}

/** Returns whether the last digit is the check digit of the digits before it. ISO/IEC 7812-1, annex B. */
function passesLuhn(number: string): boolean {
  const sum = Array.from(number)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
