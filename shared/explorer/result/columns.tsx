import { useState } from 'preact/hooks';
import type { ColumnDescriptor } from '../../schema/columns.ts';

const WHERE: Readonly<Record<ColumnDescriptor['filter'], string>> = {
  stripe: "by Stripe's list",
  search: "by Stripe's Search API with eventual consistency, else in the connector",
  here: 'in the connector, row by row',
  none: 'not at all',
};

/** Shows the columns of rows and what a clause may name. */
export function Columns({ columns }: { readonly columns: readonly ColumnDescriptor[] }) {
  const [wanted, setWanted] = useState('');
  const shown = columns.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <>
      <input
        type="search"
        placeholder={`find a column of ${columns.length}`}
        value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)}
      />
      <table class="columns">
        <thead>
          <tr>
            <th>column</th>
            <th>type</th>
            <th>filtered</th>
            <th>sorted</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {shown.map((column) => (
            <tr key={column.name}>
              <td>
                <code>{column.name}</code>
              </td>
              <td>
                {column.kind}
                {column.reference !== undefined && (
                  <>
                    {' '}
                    of <a href={`#/entity/${column.reference}`}>{column.reference}</a>
                  </>
                )}
              </td>
              <td>{WHERE[column.filter]}</td>
              <td>{column.sortable ? 'yes' : ''}</td>
              <td class="notes">{notesOf(column)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function notesOf({ key, nullable, readOnly, inRows, enum: values }: ColumnDescriptor): string {
  return [
    ...(key ? ['key'] : []),
    ...(nullable ? ['may be null'] : []),
    ...(readOnly ? ['read-only'] : []),
    ...(inRows ? [] : ['in clauses only']),
    ...(values === undefined ? [] : [values.join(' | ')]),
  ].join(', ');
}
