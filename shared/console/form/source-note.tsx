import type { OutputRow } from '../api/calls.ts';
import { formatMoney } from '../format/money.ts';
import { useRefunded } from '../object/actions/use-refunded.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { IdLink } from '../ui/value.tsx';

interface SourceNoteProps {
  readonly entity: string;
  readonly row: OutputRow;
  /** The number of the call after which the object is read. */
  readonly round: number | undefined;
}

/** The object that the form is about, with what it is worth and what is left of it. */
export function SourceNote({ entity, row, round }: SourceNoteProps) {
  const left = useRefunded(entity, row, round);
  const { Id: id, Status: status, Currency: currency } = row;
  const money = (name: string): string | undefined => {
    const { [name]: amount } = row;
    return typeof amount === 'number' && typeof currency === 'string' ? formatMoney(amount, currency) : undefined;
  };
  const worth = money('Amount') ?? money('Total');
  return (
    <p className="source-note" data-source={String(id)}>
      {entity} <IdLink id={String(id)} entity={entity} /> {worth !== undefined && <strong>{worth}</strong>}{' '}
      {left !== undefined && <span>{left}</span>} {typeof status === 'string' && <StatusBadge status={status} />}
    </p>
  );
}
