import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import type { OutputRow } from '../api/calls.ts';
import { descriptionOf } from '../format/description.ts';
import { fullTime, timeMs } from '../format/time.ts';
import { CodeBlock } from '../ui/code.tsx';
import { Value } from '../ui/value.tsx';
import { conditionText, filteredBy } from './filter/clause.ts';

interface CellDetailsProps {
  readonly row: OutputRow;
  readonly column: ColumnDescriptor;
  readonly onFilter: (condition: string) => void;
  readonly onClose: () => void;
}

/** One value of a row, formatted and raw, with a button that filters the rows by this value. */
export function CellDetails({ row, column, onFilter, onClose }: CellDetailsProps) {
  const { [column.name]: value } = row;
  const raw = typeof value === 'string' ? value : JSON.stringify(value ?? null, undefined, 2);
  const isTime = (column.kind === 'seconds' || column.kind === 'instant') && value !== null;
  const canFilter = column.filter !== 'none' && typeof value !== 'object' && value !== undefined;
  const condition = canFilter ? conditionText(column, '=', String(value)) : undefined;
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />}>
      <DialogHeading className="dialog-title">{column.name}</DialogHeading>
      <p className="muted">{[column.kind, column.reference, filteredBy(column)].filter(Boolean).join(' · ')}</p>
      {descriptionOf(column) !== undefined && <p>{descriptionOf(column)}</p>}
      {typeof value !== 'object' && (
        <p className="shown-value">
          <Value
            name={column.name}
            value={value}
            kind={column.kind}
            reference={column.reference}
            currency={typeof row['Currency'] === 'string' ? row['Currency'] : undefined}
          />
          {isTime && <span className="muted"> {fullTime(timeMs(value as string | number))}</span>}
        </p>
      )}
      <CodeBlock text={raw} label="Raw value" />
      <div className="buttons end">
        {condition !== undefined && (
          <button
            type="button"
            onClick={() => {
              onClose();
              onFilter(condition);
            }}
          >
            Filter by this value
          </button>
        )}
        <DialogDismiss className="button" autoFocus>
          Close
        </DialogDismiss>
      </div>
    </Dialog>
  );
}
