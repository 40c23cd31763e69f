import { formatMoney } from '../format/money.ts';
import { CodeBlock } from '../ui/code.tsx';
import { IdLink } from '../ui/value.tsx';

/** A member of a list inside an object, such as an item of a subscription or a line of an invoice. */
interface ListMember {
  readonly id?: string;
  readonly description?: string | null;
  readonly amount?: number;
  readonly currency?: string;
  readonly quantity?: number | null;
  readonly price?: MemberPrice | string | null;
}

interface MemberPrice {
  readonly id: string;
  readonly nickname?: string | null;
  readonly unit_amount?: number | null;
  readonly currency?: string;
  readonly recurring?: { readonly interval: string; readonly interval_count: number } | null;
}

/** The price of a member: `$29.00 / month`, `2 × $29.00 / 3 month`. Undefined without an amount. */
export function priceText(member: unknown): string | undefined {
  const { price, quantity } = (member ?? {}) as ListMember;
  if (typeof price !== 'object' || price === null || typeof price.unit_amount !== 'number') return undefined;
  const { unit_amount: unit, currency, recurring } = price;
  const period = recurring === undefined || recurring === null ? '' : ` / ${periodText(recurring)}`;
  const times = typeof quantity === 'number' && quantity !== 1 ? `${quantity} × ` : '';
  const amount = formatMoney(unit, currency);
  return amount === undefined ? undefined : times + amount + period;
}

/** `month`, `3 month` */
function periodText({ interval, interval_count: count }: NonNullable<MemberPrice['recurring']>): string {
  return count === 1 ? interval : `${count} ${interval}`;
}

/** The members of a list, one on each line, and below these lines the whole list as JSON. */
export function ListMembers({ name, members }: { readonly name: string; readonly members: readonly unknown[] }) {
  return (
    <>
      <ul className="links">
        {members.map((member, index) => {
          const { id, description, amount, currency, price } = member as ListMember;
          const priceId = typeof price === 'object' ? price?.id : price;
          return (
            <li key={id ?? index}>
              {typeof description === 'string' ? description : priceText(member)}{' '}
              {typeof amount === 'number' && <strong>{formatMoney(amount, currency) ?? amount}</strong>}{' '}
              {typeof priceId === 'string' && <IdLink id={priceId} entity="Price" />}{' '}
              {id !== undefined && <IdLink id={id} />}
            </li>
          );
        })}
      </ul>
      <details>
        <summary>As JSON</summary>
        <CodeBlock text={JSON.stringify(members, undefined, 2)} label={name} />
      </details>
    </>
  );
}
