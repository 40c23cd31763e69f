import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useState } from 'react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import { countedNoun, searchKey } from '../format/words.ts';
import { Icon } from '../ui/icons.tsx';

interface ColumnChooserProps {
  readonly columns: readonly ColumnDescriptor[];
  readonly shown: readonly string[];
  readonly defaults: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}

/** Chooses the columns of the table and their order. */
export function ColumnChooser(props: ColumnChooserProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="columns" />
        <span className="label">Columns</span>
      </button>
      {open && <ChooserDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ChooserDialog({
  columns,
  shown,
  defaults,
  onChange,
  onClose,
}: ColumnChooserProps & { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const inRows = columns.filter((column) => column.inRows);
  const matching = inRows.filter(({ name }) => searchKey(name).includes(searchKey(text)));
  // Chosen columns first, as they are in the table.
  const ordered = [
    ...shown.flatMap((name) => matching.filter((column) => column.name === name)),
    ...matching.filter(({ name }) => !shown.includes(name)),
  ];
  const move = (name: string, by: number): void => {
    const from = shown.indexOf(name);
    const without = shown.filter((other) => other !== name);
    onChange([...without.slice(0, Math.max(0, from + by)), name, ...without.slice(Math.max(0, from + by))]);
  };
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />}>
      <DialogHeading className="dialog-title">Columns</DialogHeading>
      <label className="field">
        <span>Find a column of {inRows.length}</span>
        <input type="search" autoFocus value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <ul className="choices" aria-label="Columns">
        {ordered.map(({ name, kind }) => {
          const index = shown.indexOf(name);
          return (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={index >= 0}
                  onChange={() => onChange(index >= 0 ? shown.filter((other) => other !== name) : [...shown, name])}
                />
                <span>{name}</span> <span className="muted">{kind}</span>
              </label>
              {index >= 0 && (
                <span className="choice-moves">
                  <button
                    type="button"
                    className="small"
                    disabled={index === 0}
                    aria-label={`Move ${name} left`}
                    onClick={() => move(name, -1)}
                  >
                    ↑
                  </button>
                  <button
                    type="button"
                    className="small"
                    disabled={index === shown.length - 1}
                    aria-label={`Move ${name} right`}
                    onClick={() => move(name, 1)}
                  >
                    ↓
                  </button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <p className="muted" role="status">
        {countedNoun(shown.length, 'column')} shown
      </p>
      <div className="buttons end">
        <button type="button" onClick={() => onChange(defaults)}>
          Reset
        </button>
        <DialogDismiss className="button primary">Done</DialogDismiss>
      </div>
    </Dialog>
  );
}
