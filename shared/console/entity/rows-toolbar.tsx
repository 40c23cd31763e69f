import type { ColumnDescriptor } from '../../schema/columns.ts';
import { CopyAs } from '../form/snippets/copy-as.tsx';
import { chooseColumns } from '../state/preferences.ts';
import { Icon } from '../ui/icons.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { ExportMenu } from './export-menu.tsx';
import { listCall, type RowsQuery } from './use-rows.ts';

interface RowsToolbarProps {
  readonly query: RowsQuery;
  readonly columns: readonly ColumnDescriptor[];
  /** Names of the shown columns. */
  readonly shown: readonly string[];
  readonly defaults: readonly string[];
  readonly params: URLSearchParams;
  readonly onReload: () => void;
}

/** Buttons that load the rows again, choose columns, export the rows and copy the call as code. */
export function RowsToolbar({ query, columns, shown, defaults, params, onReload }: RowsToolbarProps) {
  return (
    <div className="toolbar" role="group" aria-label="Table">
      <button type="button" onClick={onReload} aria-label="Load again">
        <Icon name="refresh" />
      </button>
      <ColumnChooser
        columns={columns}
        shown={shown}
        defaults={defaults}
        onChange={(names) => chooseColumns(query.entity, names)}
      />
      <ExportMenu
        query={query}
        columns={shown}
        kinds={new Map(columns.map((column) => [column.name, column.kind]))}
        allColumns={columns.filter((column) => column.inRows).map((column) => column.name)}
        open={params.has('export')}
      />
      <CopyAs call={listCall(query)} />
    </div>
  );
}
