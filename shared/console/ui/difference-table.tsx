import { fullTime } from '../format/time.ts';
import type { FieldDifference } from '../format/differences.ts';
import { DataTable } from './table/data-table.tsx';
import { NameText } from './value.tsx';

interface DifferenceTableProps {
  readonly label: string;
  readonly differences: readonly FieldDifference[];
  /** The headers of the two columns, such as `Before` and `After`. */
  readonly sides: readonly [before: string, after: string];
}

const MARKS: Readonly<Record<FieldDifference['kind'], string>> = {
  equal: '=',
  changed: '≠',
  added: '+',
  removed: '−',
};

/** The members of two compared values side by side, each with the kind of its difference. */
export function DifferenceTable({ label, differences, sides: [before, after] }: DifferenceTableProps) {
  return (
    <DataTable
      label={label}
      rows={differences}
      rowKey={({ path }) => path}
      columns={[
        {
          name: 'Difference',
          value: ({ kind }) => kind,
          cell: ({ kind }) => (
            <span className={`difference ${kind}`}>
              <span aria-hidden="true">{MARKS[kind]}</span> {kind}
            </span>
          ),
        },
        {
          name: 'Field',
          cellStyle: 'wide',
          value: ({ path }) => path,
          cell: ({ path }) => (
            <code>
              <NameText text={path || '(value)'} />
            </code>
          ),
        },
        sideColumn(before, (row) => row.before, 'removed'),
        sideColumn(after, (row) => row.after, 'added'),
      ]}
    />
  );
}

/** Ends of the paths of members that are times in Unix seconds. */
const TIME_MEMBER = /(^|[._])(created|start|end|at|anchor|date|until)$/;

function sideColumn(name: string, valueOf: (row: FieldDifference) => unknown, mark: 'added' | 'removed') {
  const text = (row: FieldDifference): string | undefined => {
    const value = valueOf(row);
    if (typeof value === 'number' && TIME_MEMBER.test(row.path) && value > 1e9)
      return `${value} = ${fullTime(value * 1000)}`;
    if (value === undefined || typeof value === 'string') return value;
    return JSON.stringify(value);
  };
  return {
    name,
    cellStyle: 'wide' as const,
    value: text,
    cell: (row: FieldDifference) => {
      const shown = text(row);
      if (shown === undefined) return <span className="muted">absent</span>;
      return <code className={row.kind === 'equal' ? undefined : `side ${mark}`}>{shown === '' ? '""' : shown}</code>;
    },
  };
}
