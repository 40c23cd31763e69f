import type { OutputRow } from '../api/calls.ts';
import { formatMoney } from '../format/money.ts';
import { useRefunded } from '../object/actions/use-refunded.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { IdLink } from '../ui/value.tsx';

interface SourceNoteProps {
  readonly entity: string;
  readonly row: OutputRow;
  /** Changes after each call, so that the refunds are read again. */
  readonly lastCallNumber: number | undefined;
}

/** The object whose money the call moves, with its amount, what remains after refunds, and its status. */
export function SourceNote({ entity, row, lastCallNumber }: SourceNoteProps) {
  const refunds = useRefunded(entity, row, lastCallNumber);
  const { Id: id, Status: status, Currency: currency } = row;
  const money = (name: string): string | undefined => {
    const { [name]: amount } = row;
    return typeof amount === 'number' && typeof currency === 'string' ? formatMoney(amount, currency) : undefined;
  };
  const amountText = money('Amount') ?? money('Total');
  return (
    <p className="source-note" data-source={String(id)}>
      {entity} <IdLink id={String(id)} entity={entity} /> {amountText !== undefined && <strong>{amountText}</strong>}{' '}
      {refunds !== undefined && <span>{refunds}</span>} {typeof status === 'string' && <StatusBadge status={status} />}
    </p>
  );
}
