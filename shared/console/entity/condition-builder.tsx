import { useId, useState } from 'react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import { CLAUSE_OPERATORS, conditionText, filterable, whereFiltered, type ClauseOperator } from './clause.ts';

interface ConditionBuilderProps {
  readonly columns: readonly ColumnDescriptor[];
  readonly onAdd: (condition: string) => void;
  readonly onClose: () => void;
}

/** One condition from a column, an operator and a value, next to the text that it becomes. */
export function ConditionBuilder({ columns, onAdd, onClose }: ConditionBuilderProps) {
  const options = filterable(columns);
  const [name, setName] = useState(options[0]?.name ?? '');
  const [operator, setOperator] = useState<ClauseOperator>('=');
  const [value, setValue] = useState('');
  const list = useId();
  const column = options.find((option) => option.name.toLowerCase() === name.trim().toLowerCase());
  const valueless = operator === 'IS NULL' || operator === 'IS NOT NULL';
  const condition =
    column === undefined || (!valueless && value === '') ? undefined : conditionText(column, operator, value);
  const isTime = column?.kind === 'seconds';
  return (
    <form
      className="builder"
      aria-label="New condition"
      onSubmit={(event) => {
        event.preventDefault();
        if (condition !== undefined) onAdd(condition);
      }}
    >
      <label className="field">
        <span>Column</span>
        <input
          type="text"
          autoFocus
          list={list}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <datalist id={list}>
          {options.map((option) => (
            <option key={option.name} value={option.name}>
              {whereFiltered(option)}
            </option>
          ))}
        </datalist>
      </label>
      <label className="field">
        <span>Operator</span>
        <select value={operator} onChange={(event) => setOperator(event.target.value as ClauseOperator)}>
          {CLAUSE_OPERATORS.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      </label>
      {!valueless && (
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
      <output className="builder-text">
        {column === undefined ? (
          <span className="field-error">No column is called “{name}”</span>
        ) : (
          <>
            <code>{condition ?? `${column.name} ${operator} …`}</code>{' '}
            <span className="muted">{whereFiltered(column)}</span>
          </>
        )}
      </output>
    </form>
  );
}
