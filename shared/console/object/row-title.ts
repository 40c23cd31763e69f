import type { OutputRow } from '../api/calls.ts';
import { formatMoney } from '../format/money.ts';
import { priceText } from './list-members.tsx';

/**
 * The title of an object: its name, else its email, else its amount, else the price of its first item. Empty without
 * any of these.
 */
export function rowTitle({ Name: name, Email: email, Amount: amount, Total: total, ...row }: OutputRow): string {
  const { Currency: currency } = row;
  const minorAmount = rowAmount({ ...row, Amount: amount, Total: total });
  const money =
    minorAmount === undefined
      ? undefined
      : formatMoney(minorAmount, typeof currency === 'string' ? currency : undefined);
  const [item] = Array.isArray(row['ItemsData']) ? (row['ItemsData'] as unknown[]) : [];
  return (
    [name, email, money, priceText(item)].find((text): text is string => typeof text === 'string' && text !== '') ?? ''
  );
}

/** The amount of an object in the minor unit of its currency. Undefined without an amount. */
export function rowAmount({ Amount: amount, Total: total, UnitAmount: unit }: OutputRow): number | undefined {
  return [amount, total, unit].find((value): value is number => typeof value === 'number');
}

/** The URL at which the customer authenticates a payment. Undefined if no authentication is needed. */
export function authenticationUrl({ NextActionRedirectToUrlUrl: url }: OutputRow): string | undefined {
  return typeof url === 'string' && /^https?:\/\//.test(url) ? url : undefined;
}

/**
 * When a subscription renews, in Unix seconds: the end of the period of its first item. Undefined if it does not renew.
 */
export function renewalOf({
  Status: status,
  CancelAtPeriodEnd: ends,
  ItemsData: items,
}: OutputRow): number | undefined {
  if (ends === true || (status !== 'active' && status !== 'trialing') || !Array.isArray(items)) return undefined;
  const [item] = items as readonly { readonly current_period_end?: unknown }[];
  return typeof item?.current_period_end === 'number' ? item.current_period_end : undefined;
}
