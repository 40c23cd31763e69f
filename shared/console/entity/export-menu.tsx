import { Dialog, DialogHeading, Menu, MenuButton, MenuItem, MenuProvider } from '@ariakit/react';
import { useEffect, useState } from 'react';
import { isSuccess, type OutputRow } from '../api/calls.ts';
import { formatRows, formattedRow, type FileFormat } from '../format/export.ts';
import { countedNoun } from '../format/words.ts';
import { announce } from '../ui/announcer.tsx';
import { Icon } from '../ui/icons.tsx';
import { replaceHash } from '../state/route.ts';
import { saveFile } from '../ui/save-file.ts';
import { addressOfQuery } from './rows-address.ts';
import { readRows, type RowsQuery } from './use-rows.ts';

interface ExportMenuProps {
  readonly query: RowsQuery;
  readonly columns: readonly string[];
  /** All columns of the entity. */
  readonly allColumns: readonly string[];
  /** The kinds of the columns by their names, such as `seconds` for a time. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Whether the address has the parameter that opens the menu. */
  readonly open: boolean;
}

const EXPORT_FORMATS: readonly (readonly [format: FileFormat | 'csv-shown', label: string])[] = [
  ['csv', 'CSV, shown columns, raw values'],
  ['csv-shown', 'CSV, shown columns, amounts and times as shown'],
  ['json', 'JSON, all columns'],
  ['ndjson', 'NDJSON, all columns'],
];
/** The maximum number of rows in a file. */
const MAX_EXPORTED_ROWS = 50_000;
const EXPORT_PAGE_SIZE = 100;

interface ExportProgress {
  readonly rows: number;
  readonly controller: AbortController;
  readonly problem?: string;
}

/**
 * Reads the rows of the query page by page, with progress, and saves them as a file. Rows after the first
 * MAX_EXPORTED_ROWS are left out.
 */
export function ExportMenu({ query, columns, allColumns, kinds, open: opensByAddress }: ExportMenuProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!opensByAddress) return;
    setOpen(true);
    // Removes the parameter from the address, so that the same link can open the menu again.
    replaceHash(addressOfQuery(query));
  }, [opensByAddress, query]);
  const [progress, setProgress] = useState<ExportProgress>();
  const save = async (chosen: FileFormat | 'csv-shown'): Promise<void> => {
    const format = chosen === 'csv-shown' ? 'csv' : chosen;
    const controller = new AbortController();
    setProgress({ rows: 0, controller });
    const rows: OutputRow[] = [];
    try {
      let token: string | undefined;
      do {
        const page = await readRows({ ...query, size: EXPORT_PAGE_SIZE }, token, controller.signal);
        if (!isSuccess(page.reply)) throw new Error((page.reply.body['error'] as { message: string }).message);
        rows.push(...page.rows);
        token = page.nextToken;
        setProgress({ rows: rows.length, controller });
      } while (token !== undefined && rows.length < MAX_EXPORTED_ROWS);
      if (rows.length === 0) {
        setProgress(undefined);
        announce('No row matches: there is nothing to export', 'bad');
        return;
      }
      const written = chosen === 'csv-shown' ? rows.map((row) => formattedRow(row, kinds)) : rows;
      const day = new Date().toISOString().slice(0, 10);
      saveFile(
        `${query.entity}${query.filter === '' ? '' : '-filtered'}-${day}`,
        format,
        formatRows(written, format === 'csv' ? columns : allColumns, format),
      );
      setProgress(undefined);
      announce(`Exported ${countedNoun(rows.length, 'row')} as ${format.toUpperCase()}`, 'good');
    } catch (cause) {
      if (controller.signal.aborted) setProgress(undefined);
      else
        setProgress({ rows: rows.length, controller, problem: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  return (
    <>
      <MenuProvider placement="bottom-end" open={open} setOpen={setOpen}>
        <MenuButton>
          <Icon name="download" />
          <span className="label">Export</span>
        </MenuButton>
        <Menu className="menu" gutter={4}>
          {EXPORT_FORMATS.map(([format, label]) => (
            <MenuItem key={format} className="menu-item" onClick={() => void save(format)}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      </MenuProvider>
      {progress !== undefined && (
        <Dialog
          open
          onClose={() => progress.controller.abort()}
          className="dialog"
          backdrop={<div className="backdrop" />}
        >
          <DialogHeading className="dialog-title">Exporting {query.entity}</DialogHeading>
          {progress.problem === undefined ? (
            <>
              <progress aria-label="Export" />
              <p role="status">{countedNoun(progress.rows, 'row')} read so far</p>
            </>
          ) : (
            <p role="alert" className="field-error">
              Stopped after {countedNoun(progress.rows, 'row')}: {progress.problem}
            </p>
          )}
          <div className="buttons end">
            <button
              type="button"
              onClick={() => {
                progress.controller.abort();
                setProgress(undefined);
              }}
            >
              {progress.problem === undefined ? 'Cancel' : 'Close'}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
