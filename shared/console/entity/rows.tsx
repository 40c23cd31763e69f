import { useEffect, useMemo, useState } from 'react';
import type { EntityDescriptor } from '../../schema/entity.ts';
import { isSuccess, runAndRecord } from '../api/calls.ts';
import { CallError } from '../form/result/call-error.tsx';
import { ExplainView, type QueryExplanation } from '../form/result/plan-view.tsx';
import { countedNoun } from '../format/words.ts';
import { useChosenColumns } from '../state/preferences.ts';
import { navigate } from '../state/route.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { Pager } from '../ui/table/pager.tsx';
import { identifiersIn, withCondition } from './filter/clause.ts';
import { defaultColumns } from './default-columns.ts';
import { FilterBar } from './filter/filter-bar.tsx';
import { NoRows } from './no-rows.tsx';
import { addressOfQuery, PAGE_SIZES, pageOfAddress, queryOfAddress } from './rows-address.ts';
import { RowsTable } from './rows-table.tsx';
import { RowsToolbar } from './rows-toolbar.tsx';
import { listCall, useRows, type RowsQuery } from './use-rows.ts';

interface RowsProps {
  readonly descriptor: EntityDescriptor;
  readonly params: URLSearchParams;
}

/** The rows of an entity, with the filter, order and page of the address. */
export function Rows({ descriptor, params }: RowsProps) {
  const { columns, name } = descriptor;
  const query = queryOfAddress(name, params);
  const { page, error, loading, number, next, previous, reload } = useRows(query, pageOfAddress(params), (to) =>
    navigate(addressOfQuery(query, to)),
  );
  const { explanation, setExplanation, explain, show } = useExplanation(query);
  const defaults = useMemo(() => defaultColumns(columns, identifiersIn(query.filter)), [columns, query.filter]);
  const shown = useChosenColumns(name) ?? defaults;
  const failed = page !== undefined && !isSuccess(page.reply);
  const rows = page === undefined || failed ? [] : page.rows;
  const newestFirst = query.sort === '' && columns.some((column) => column.name === 'Created');
  const summary = loading ? 'loading' : countedNoun(rows.length, 'row') + (newestFirst ? ', newest first' : '');
  const pagination = { number, next, previous, summary };
  const footer = <PageSize size={query.size} onChange={(size) => show({ size })} />;
  return (
    <>
      <FilterBar
        clause={query.filter}
        columns={columns}
        onApply={(filter) => (filter === query.filter ? reload() : show({ filter }))}
        onExplain={(filter) => void explain(filter).catch(() => undefined)}
      />
      {explanation !== undefined && <ExplainView explanation={explanation} onClose={() => setExplanation(undefined)} />}
      <RowsToolbar {...{ query, columns, shown, defaults, params }} onReload={reload} />
      {error !== undefined && <ErrorState error={error} onRetry={reload} />}
      {failed && <CallError reply={page.reply} clause={query.filter} onCorrect={(filter) => show({ filter })} />}
      {page === undefined && error === undefined && <Loading what={`rows of ${name}`} shape="table" />}
      {page !== undefined && !failed && rows.length === 0 && !loading && (
        <NoRows descriptor={descriptor} filter={query.filter} onClear={() => show({ filter: '' })} />
      )}
      {rows.length > 0 ? (
        <RowsTable
          entity={name}
          {...{ rows, columns, shown, pagination, footer }}
          sort={query.sort}
          busy={loading}
          onSort={(sort) => show({ sort })}
          onFilter={(condition) => show({ filter: withCondition(query.filter, condition) })}
        />
      ) : (
        number > 1 && !failed && <Pager pagination={pagination}>{footer}</Pager>
      )}
    </>
  );
}

/** The explanation of the clause. `show` opens a changed query and closes the explanation. */
function useExplanation(query: RowsQuery) {
  const [explanation, setExplanation] = useState<QueryExplanation>();
  // The explanation of a clause closes when the clause changes.
  useEffect(() => setExplanation(undefined), [query.filter]);
  const show = (change: Partial<RowsQuery>): void => {
    setExplanation(undefined);
    navigate(addressOfQuery({ ...query, ...change }));
  };
  const explain = async (filter: string): Promise<void> => {
    const { reply } = await runAndRecord('explain', listCall({ ...query, filter }));
    if (isSuccess(reply)) setExplanation(reply.body['explain'] as QueryExplanation);
    else show({ filter });
  };
  return { explanation, setExplanation, explain, show };
}

function PageSize({ size, onChange }: { readonly size: number; readonly onChange: (size: number) => void }) {
  return (
    <label className="inline">
      Rows a page{' '}
      <select value={size} onChange={(event) => onChange(Number(event.target.value))}>
        {PAGE_SIZES.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
