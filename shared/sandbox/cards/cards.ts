import { declined, type Refusal } from '../refusal.ts';
import { COUNTRY_ROWS } from './countries.ts';
import { DECLINES, INVALID } from './declines.ts';
import type { CardRow } from './card-row.ts';
import { CARD_ROWS } from './table.ts';

const ROWS: readonly CardRow[] = [...CARD_ROWS, ...COUNTRY_ROWS];
const BY_NUMBER = new Map(ROWS.filter(({ number }) => number !== '').map((row) => [row.number, row]));
const BY_NAME = new Map(ROWS.flatMap((row) => (row.names ?? []).map((name): [string, CardRow] => [name, row])));

/** Last four digits of a card that Stripe only has a name for. */
const NAMELESS = '0002';

/** `pm_card_visa`, `tok_visa` -> its card. */
export function cardByName(id: string): CardRow | undefined {
  const name = /^(?:pm_card|tok)_(\w+)$/.exec(id)?.[1];
  return name === undefined ? undefined : BY_NAME.get(name);
}

export function last4(card: CardRow): string {
  return (card.number === '' ? NAMELESS : card.number).slice(-4);
}

/** Card data as a request gives them. */
export interface GivenCard {
  readonly number: string;
  readonly exp_month?: unknown;
  readonly exp_year?: unknown;
  readonly cvc?: unknown;
}

/** The test card of a number, after the checks that Stripe makes of any card. https://docs.stripe.com/testing#invalid-data */
export function cardByNumber(given: GivenCard, now: number): CardRow {
  const number = given.number.replaceAll(/[ -]/g, '');
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) throw invalid('number');
  checkExpiry(given, now);
  const card = BY_NUMBER.get(number);
  checkCvc(given.cvc, card?.brand);
  if (card === undefined) throw declined(DECLINES.liveCard, { param: '' });
  return card;
}

function checkExpiry({ exp_month, exp_year }: GivenCard, now: number): void {
  const today = new Date(now * 1000);
  const [month, year] = [Number(exp_month), fullYear(exp_year)];
  if (!(month >= 1 && month <= 12)) throw invalid('month');
  const thisYear = today.getUTCFullYear();
  if (!(year >= thisYear && year <= thisYear + 50)) throw invalid('year');
  if (year === thisYear && month < today.getUTCMonth() + 1) throw invalid('month');
}

/** Stripe takes two digits or four: 34, 2034. */
export function fullYear(year: unknown): number {
  const given = Number(year);
  return given < 100 ? given + (given > 80 ? 1900 : 2000) : given;
}

/** Four digits on American Express, three on others; three are taken there as well. */
function checkCvc(cvc: unknown, brand: string | undefined): void {
  if (cvc === undefined) return;
  const shape = brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/;
  if (typeof cvc !== 'string' || !shape.test(cvc)) throw invalid('cvc');
}

function invalid(what: keyof typeof INVALID): Refusal {
  const { message, code, param } = INVALID[what];
  return declined({ message, code }, { param });
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(number: string): boolean {
  const sum = Array.from(number)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
