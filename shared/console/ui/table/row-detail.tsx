import { useEffect, useRef, type ReactNode } from 'react';
import type { TableColumn } from './columns.ts';
import { Json } from '../code.tsx';

interface RowDetailProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A panel with the details of one row, next to the table. On a phone it covers the lower part of the screen. */
export function RowDetail({ title, onClose, children }: RowDetailProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
  }, [title]);
  return (
    <section ref={panel} className="card row-detail" aria-label="Details of the row">
      <div className="plan-head">
        <h2>{title}</h2>
        <button type="button" className="small" onClick={onClose}>
          Close<span className="visually-hidden"> the details</span>
        </button>
      </div>
      {children}
    </section>
  );
}

/** The cells of a row as a list, and the row as JSON. */
function RowFields<Row>({ row, columns }: { readonly row: Row; readonly columns: readonly TableColumn<Row>[] }) {
  return (
    <>
      <dl className="facts-list">
        {columns
          .filter(({ unnamed }) => unnamed !== true)
          .map(({ name, cell, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{cell === undefined ? (value(row) ?? '–') : cell(row)}</dd>
            </div>
          ))}
      </dl>
      <Json value={row} label="Row as JSON" />
    </>
  );
}

interface DetailContent {
  readonly title: ReactNode;
  readonly body: ReactNode;
}

export const NO_DETAIL: DetailContent = { title: '', body: undefined };

/** The details of a row: the result of `define`, else the cells and the JSON of the row. */
export function detailOf<Row>(
  row: Row,
  columns: readonly TableColumn<Row>[],
  define: ((row: Row) => DetailContent) | undefined,
): DetailContent {
  return define?.(row) ?? { title: columns[0]?.value(row), body: <RowFields row={row} columns={columns} /> };
}
