import { useEffect, useId, useState } from 'react';
import type { ColumnDescriptor } from '../../../schema/columns.ts';
import { SuggestInput } from '../../form/fields/inputs/suggest-input.tsx';
import { isAmountName, minorUnits } from '../../format/money.ts';
import { CLAUSE_OPERATORS, conditionText, filterableColumns, filteredBy, type ClauseOperator } from './clause.ts';
import { INFORMATIVE_COLUMNS } from '../default-columns.ts';

interface ConditionBuilderProps {
  readonly columns: readonly ColumnDescriptor[];
  readonly onAdd: (condition: string) => void;
  readonly onClose: () => void;
}

/** Whether the value of an amount column has decimals: `50.00` may mean 50 dollars or 50 cents. */
function isAmbiguousAmount({ kind, name }: ColumnDescriptor, value: string): boolean {
  return kind === 'integer' && isAmountName(name) && /^-?\d+[.,]\d+$/.test(value.trim());
}

/** Sorts the informative columns first. The other columns keep their order. */
function informativeFirst(columns: readonly ColumnDescriptor[]): readonly ColumnDescriptor[] {
  const rank = ({ name }: ColumnDescriptor): number =>
    INFORMATIVE_COLUMNS.includes(name) ? INFORMATIVE_COLUMNS.indexOf(name) : INFORMATIVE_COLUMNS.length;
  return [...columns].sort((a, b) => rank(a) - rank(b));
}

/** Returns the column that is selected at first: the status, else the most informative column except the id. */
function firstColumn(columns: readonly ColumnDescriptor[]): string {
  const sorted = informativeFirst(columns).filter(({ key }) => !key);
  return (sorted.find(({ name }) => name === 'Status') ?? sorted[0] ?? columns[0])?.name ?? '';
}

/** Builds one condition from a column, an operator and a value. Shows the text of the condition. */
export function ConditionBuilder({ columns, onAdd, onClose }: ConditionBuilderProps) {
  const options = filterableColumns(columns);
  const [name, setName] = useState(() => firstColumn(options));
  const [operator, setOperator] = useState<ClauseOperator>('=');
  const [value, setValue] = useState('');
  const id = useId();
  useEffect(() => {
    const input = document.getElementById(id);
    if (input instanceof HTMLInputElement) input.select();
  }, [id]);
  const column = options.find((option) => option.name.toLowerCase() === name.trim().toLowerCase());
  const hasNoValue = operator === 'IS NULL' || operator === 'IS NOT NULL';
  const condition =
    column === undefined || (!hasNoValue && value === '') || isAmbiguousAmount(column, value)
      ? undefined
      : conditionText(column, operator, value);
  const isTime = column?.kind === 'seconds';
  const isAmount = column !== undefined && column.kind === 'integer' && isAmountName(column.name);
  const isAmbiguous = column !== undefined && isAmbiguousAmount(column, value);
  return (
    <form
      className="builder"
      aria-label="New condition"
      onSubmit={(event) => {
        event.preventDefault();
        if (condition !== undefined) onAdd(condition);
      }}
    >
      <div className="field">
        <label className="field-head" htmlFor={id}>
          Column
        </label>
        <SuggestInput
          text={name}
          suggestions={informativeFirst(options).map((option) => ({ value: option.name, note: option.kind }))}
          control={{
            id,
            'aria-describedby': undefined,
            'aria-invalid': column === undefined ? true : undefined,
            'aria-required': true,
            'data-field': 'column',
          }}
          label="Columns"
          placeholder="Status"
          onChange={setName}
        />
      </div>
      <label className="field">
        <span>Operator</span>
        <select value={operator} onChange={(event) => setOperator(event.target.value as ClauseOperator)}>
          {CLAUSE_OPERATORS.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      </label>
      {!hasNoValue && (
        <label className="field">
          <span>{operator === 'IN' ? 'Values, separated by commas' : isTime ? 'Time' : 'Value'}</span>
          {isTime ? (
            <input
              type="datetime-local"
              onChange={(event) => setValue(String(Math.floor(new Date(event.target.value).getTime() / 1000)))}
            />
          ) : (column?.enum !== undefined && operator !== 'IN' && operator !== 'LIKE') || column?.kind === 'boolean' ? (
            <select value={value} onChange={(event) => setValue(event.target.value)}>
              <option value="" />
              {(column.enum ?? ['true', 'false']).map((option) => (
                <option key={option}>{option}</option>
              ))}
            </select>
          ) : (
            <input type="text" value={value} onChange={(event) => setValue(event.target.value)} />
          )}
        </label>
      )}
      <div className="buttons">
        <button type="submit" className="primary" disabled={condition === undefined}>
          Add
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
      {isAmbiguous && (
        <div className="ambiguous builder-text" role="alert">
          <span>Stripe counts in the smallest unit. Which amount do you mean?</span>
          {[minorUnits(value, 'usd'), Math.trunc(Number(value.replace(',', '.')))].map((amount) =>
            amount === undefined ? null : (
              <button key={amount} type="button" className="small" onClick={() => setValue(String(amount))}>
                {amount} = {(amount / 100).toFixed(2)}
              </button>
            ),
          )}
        </div>
      )}
      {isAmount && !isAmbiguous && (
        <p className="field-note builder-text">In the smallest unit: 5000 is 50.00 USD, and 5,000 JPY.</p>
      )}
      <output className="builder-text">
        {column === undefined ? (
          <span className="field-error">No column is called “{name}”</span>
        ) : (
          <>
            <code>{condition ?? `${column.name} ${operator} …`}</code>{' '}
            <span className="muted">{filteredBy(column)}</span>
          </>
        )}
      </output>
    </form>
  );
}
