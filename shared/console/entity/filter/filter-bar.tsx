import { Combobox, ComboboxItem, ComboboxPopover, ComboboxProvider } from '@ariakit/react';
import { useEffect, useRef, useState } from 'react';
import type { ColumnDescriptor } from '../../../schema/columns.ts';
import { Icon } from '../../ui/icons.tsx';
import { completeClause, withCondition } from './clause.ts';
import { decimalAmount, splitAtAnd, tidyClause } from './conditions.ts';
import { ConditionBuilder } from './condition-builder.tsx';

interface FilterBarProps {
  readonly clause: string;
  readonly columns: readonly ColumnDescriptor[];
  readonly onApply: (clause: string) => void;
  readonly onExplain: (clause: string) => void;
}

/**
 * Edits the clause as text with completion. A builder appends conditions. If AND joins all conditions of the clause,
 * each of them can be removed.
 */
export function FilterBar({ clause, columns, onApply, onExplain }: FilterBarProps) {
  const [text, setText] = useState(clause);
  const [building, setBuilding] = useState(false);
  const applied = useRef(clause);
  useEffect(() => {
    // The address changes shortly after a clause is applied. This change must not replace what the user typed in the
    // meantime.
    if (clause !== applied.current) setText(clause);
    applied.current = clause;
    setBuilding(false);
  }, [clause]);
  const conditions = clause === '' ? undefined : splitAtAnd(clause);
  const decimal = decimalAmount(text);
  const corrected = decimal?.corrected;
  const apply = (next: string): void => {
    setText(next);
    applied.current = tidyClause(next);
    onApply(applied.current);
  };
  return (
    <>
      <form
        className="filter"
        role="search"
        aria-label="Filter"
        onSubmit={(event) => {
          event.preventDefault();
          apply(text);
        }}
      >
        <ClauseInput text={text} columns={columns} onChange={setText} />
        <div className="buttons">
          <button type="button" aria-expanded={building} onClick={() => setBuilding(!building)}>
            <Icon name="filter" />
            <span className="label">Add condition</span>
          </button>
          <button type="button" onClick={() => onExplain(text.trim())}>
            Explain
          </button>
          {clause !== '' && (
            <button type="button" onClick={() => apply('')}>
              Clear
            </button>
          )}
          <button type="submit" className={text.trim() === clause ? '' : 'primary'}>
            Apply
          </button>
        </div>
      </form>
      {decimal !== undefined && (
        <p className="field-note" role="status">
          Amounts are in the smallest unit: <code>{decimal.condition}</code> compares with cents, not dollars.{' '}
          {corrected !== undefined && (
            <button
              type="button"
              className="small"
              onClick={() => setText(text.replace(decimal.condition, () => corrected))}
            >
              Use {corrected}
            </button>
          )}
        </p>
      )}
      {conditions !== undefined && conditions.length > 1 && (
        <ul className="chips" aria-label="Conditions">
          {conditions.map((condition, index) => (
            <li key={index} className="chip">
              <code>{condition}</code>{' '}
              <button
                type="button"
                className="chip-remove"
                aria-label={`Remove ${condition}`}
                onClick={() => apply(conditions.filter((_, at) => at !== index).join(' AND '))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      {building && (
        <ConditionBuilder
          columns={columns}
          onAdd={(condition) => {
            setBuilding(false);
            document.querySelector<HTMLElement>('.filter .clause')?.focus();
            apply(withCondition(text, condition));
          }}
          onClose={() => setBuilding(false)}
        />
      )}
    </>
  );
}

interface ClauseInputProps {
  readonly text: string;
  readonly columns: readonly ColumnDescriptor[];
  readonly onChange: (text: string) => void;
}

export function ClauseInput({ text, columns, onChange }: ClauseInputProps) {
  const completions = completeClause(text, columns);
  const [open, setOpen] = useState(false);
  return (
    <ComboboxProvider
      inputValue={text}
      setInputValue={onChange}
      resetValueOnHide={false}
      open={open && completions.length > 0}
      setOpen={setOpen}
    >
      <Combobox
        className="clause"
        aria-label="Filter clause"
        data-page-search=""
        spellCheck={false}
        autoComplete="off"
        autoSelect={false}
        showOnClick
        onKeyDown={(event) => {
          // Ariakit handles Enter first. `defaultPrevented` means that Enter inserted a completion, so the clause is
          // not applied.
          if (event.key !== 'Enter' || event.defaultPrevented) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
        placeholder={exampleClause(columns)}
      />
      {completions.length > 0 && (
        <ComboboxPopover className="menu completions" gutter={4} sameWidth aria-label="Completions">
          {completions.map(({ clause, label, note }) => (
            <ComboboxItem
              key={label}
              className="menu-item"
              setValueOnClick={false}
              hideOnClick={false}
              onClick={() => onChange(clause)}
            >
              <code>{label}</code> <span className="muted">{note}</span>
            </ComboboxItem>
          ))}
        </ComboboxPopover>
      )}
    </ComboboxProvider>
  );
}

/** An example of a clause that the entity accepts. Empty for an entity without the columns of the examples. */
function exampleClause(columns: readonly ColumnDescriptor[]): string {
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  if (has('Status') && has('Amount')) return "Status = 'succeeded' AND Amount > 1000";
  if (has('Email')) return "Email = 'jane@example.com'";
  return has('Created') ? "Created >= '2026-01-01'" : '';
}
