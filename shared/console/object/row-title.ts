import type { OutputRow } from '../api/calls.ts';
import { formatMoney } from '../format/money.ts';

/** What a person calls an object: its name, its address, or what it is worth. Empty without any of them. */
export function rowTitle({ Name: name, Email: email, Amount: amount, Total: total, ...row }: OutputRow): string {
  const { Currency: currency, UnitAmount: unit } = row;
  const worth = [amount, total, unit].find((value): value is number => typeof value === 'number');
  const money =
    worth === undefined ? undefined : formatMoney(worth, typeof currency === 'string' ? currency : undefined);
  return [name, email, money].find((text): text is string => typeof text === 'string' && text !== '') ?? '';
}
