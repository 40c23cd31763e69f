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
  // Chosen columns come first, in the order of the table.
  const ordered = [
    ...shown.flatMap((name) => matching.filter((column) => column.name === name)),
    ...matching.filter(({ name }) => !shown.includes(name)),
  ];
  const toggle = (name: string): void =>
    onChange(shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name]);
  const move = (name: string, by: -1 | 1): void => {
    const others = shown.filter((other) => other !== name);
    const target = Math.max(0, shown.indexOf(name) + by);
    onChange([...others.slice(0, target), name, ...others.slice(target)]);
  };
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />}>
      <DialogHeading className="dialog-title">Columns</DialogHeading>
      <label className="field">
        <span>Find a column of {inRows.length}</span>
        <input type="search" autoFocus value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <ul className="choices" aria-label="Columns">
        {ordered.map((column) => (
          <ColumnChoice
            key={column.name}
            column={column}
            index={shown.indexOf(column.name)}
            isLast={shown.at(-1) === column.name}
            onToggle={() => toggle(column.name)}
            onMove={(by) => move(column.name, by)}
          />
        ))}
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

interface ColumnChoiceProps {
  readonly column: ColumnDescriptor;
  /** The index among the shown columns; -1 for a hidden column. */
  readonly index: number;
  readonly isLast: boolean;
  readonly onToggle: () => void;
  readonly onMove: (by: -1 | 1) => void;
}

function ColumnChoice({ column: { name, kind }, index, isLast, onToggle, onMove }: ColumnChoiceProps) {
  const isShown = index >= 0;
  return (
    <li>
      <label>
        <input type="checkbox" checked={isShown} onChange={onToggle} />
        <span>{name}</span> <span className="muted">{kind}</span>
      </label>
      {isShown && (
        <span className="choice-moves">
          <button
            type="button"
            className="small"
            disabled={index === 0}
            aria-label={`Move ${name} left`}
            onClick={() => onMove(-1)}
          >
            ↑
          </button>
          <button
            type="button"
            className="small"
            disabled={isLast}
            aria-label={`Move ${name} right`}
            onClick={() => onMove(1)}
          >
            ↓
          </button>
        </span>
      )}
    </li>
  );
}
