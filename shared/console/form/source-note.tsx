import type { OutputRow } from '../api/calls.ts';
import { formatMoney } from '../format/money.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { IdLink } from '../ui/value.tsx';

/** The object that the form is about, with what it is worth and what is left of it. */
export function SourceNote({ entity, row }: { readonly entity: string; readonly row: OutputRow }) {
  const { Id: id, Status: status, Currency: currency } = row;
  const money = (name: string): string | undefined => {
    const { [name]: amount } = row;
    return typeof amount === 'number' && typeof currency === 'string' ? formatMoney(amount, currency) : undefined;
  };
  const worth = money('Amount') ?? money('Total');
  const refunded = money('AmountRefunded');
  return (
    <p className="source-note" data-source={String(id)}>
      {entity} <IdLink id={String(id)} entity={entity} /> {worth !== undefined && <strong>{worth}</strong>}{' '}
      {refunded !== undefined && row['AmountRefunded'] !== 0 && <span>{refunded} refunded</span>}{' '}
      {typeof status === 'string' && <StatusBadge status={status} />}
    </p>
  );
}
