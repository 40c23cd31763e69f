import { useState } from 'react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import type { OutputRow } from '../api/calls.ts';
import { descriptionOf } from '../format/description.ts';
import { fullTime, relativeTime, timeMs } from '../format/time.ts';
import { countedNoun, searchKey } from '../format/words.ts';
import { CodeBlock } from '../ui/code.tsx';
import { NameText, Value } from '../ui/value.tsx';
import { groupColumns, isListMetadata, nameInGroup } from './field-groups.ts';
import { ListMembers } from './list-members.tsx';
import { CustomerLink } from './customer-link.tsx';

interface ObjectFieldsProps {
  readonly row: OutputRow;
  readonly columns: readonly ColumnDescriptor[];
}

function isEmptyValue(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** All fields of an object in groups. Empty fields are shown on request. */
export function ObjectFields({ row, columns }: ObjectFieldsProps) {
  const [showsEmpty, setShowsEmpty] = useState(false);
  const [text, setText] = useState('');
  const inRows = columns.filter(({ name }) => Object.hasOwn(row, name) && !isListMetadata(name, row));
  const filled = inRows.filter(({ name }) => !isEmptyValue(row[name]));
  const shown = (showsEmpty ? inRows : filled).filter(({ name }) => searchKey(name).includes(searchKey(text)));
  const currency = typeof row['Currency'] === 'string' ? row['Currency'] : undefined;
  return (
    <>
      <div className="toolbar">
        <label className="field">
          <span>Find a field</span>
          <input type="search" data-page-search="" value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <label className="check">
          <input type="checkbox" checked={showsEmpty} onChange={(event) => setShowsEmpty(event.target.checked)} /> Show{' '}
          {countedNoun(inRows.length - filled.length, 'empty field')}
        </label>
      </div>
      <div className="field-groups">
        {groupColumns(shown).map(({ title, columns: members, prefix }) => (
          <section key={title} className="card" aria-label={title}>
            <h2>{title}</h2>
            <dl className="facts-list">
              {members.map((column) => (
                <div key={column.name}>
                  <dt title={[column.name, descriptionOf(column)].filter(Boolean).join(': ')}>
                    <NameText text={nameInGroup(column.name, prefix)} />
                  </dt>
                  <dd>
                    <FieldValue column={column} value={row[column.name]} currency={currency} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      {shown.length === 0 && <p className="muted">No field matches.</p>}
    </>
  );
}

/** Shows a JSON object without nested objects as pairs, a list of objects as its members, other values as JSON. */
function ObjectValue({ name, value }: { readonly name: string; readonly value: object }) {
  const members = Object.entries(value);
  if (!Array.isArray(value) && members.every(([, member]) => typeof member !== 'object'))
    return (
      <ul className="pairs-plain">
        {members.map(([label, member]) => (
          <li key={label}>
            <code>{label}</code> {String(member)}
          </li>
        ))}
      </ul>
    );
  if (Array.isArray(value) && value.every((member) => typeof member === 'object' && member !== null))
    return <ListMembers name={name} members={value} />;
  return (
    <details>
      <summary>{countedNoun(members.length, Array.isArray(value) ? 'item' : 'member')}</summary>
      <CodeBlock text={JSON.stringify(value, undefined, 2)} label={name} />
    </details>
  );
}

interface FieldValueProps {
  readonly column: ColumnDescriptor;
  readonly value: unknown;
  readonly currency: string | undefined;
}

function FieldValue({ column, value, currency }: FieldValueProps) {
  const { name, kind, key, reference } = column;
  if (typeof value === 'object' && value !== null && !isEmptyValue(value))
    return <ObjectValue name={name} value={value} />;
  if (key) return <code>{String(value)}</code>;
  if (reference === 'Customer' && typeof value === 'string') return <CustomerLink id={value} />;
  if ((kind === 'seconds' || kind === 'instant') && !isEmptyValue(value))
    return (
      <>
        {fullTime(timeMs(value as string | number))}{' '}
        <span className="muted">{relativeTime(timeMs(value as string | number), Date.now())}</span>
      </>
    );
  return (
    <Value
      name={name}
      value={isEmptyValue(value) ? null : value}
      kind={kind}
      reference={reference}
      currency={currency}
    />
  );
}
