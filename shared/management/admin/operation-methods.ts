import { invalidArgument } from '../../errors.ts';
import { isOperation } from '../../idempotency/cursor.ts';
import { operationReport, reportOf, type OperationReport } from '../../idempotency/operation-report.ts';
import { resolveOperation } from '../../idempotency/resolve-operation.ts';
import type { AdminInput, AdminMethod, Administrable } from './method.ts';

const OPERATIONS_PER_PAGE = 100;
const MAX_OPERATIONS_PER_PAGE = 300;
const RECORD_EFFECTS = ['none', 'done', 'unknown'] as const;

/** A page of operations in no particular order. */
export interface OperationListing {
  readonly operations: readonly OperationReport[];
  /** Ids of the operations whose records are damaged. */
  readonly unreadable: readonly string[];
  /** The number of records that were read for the page, including those that are not in it. */
  readonly scanned: number;
  readonly nextPageToken: string | null;
}

async function listPage({ operationLog }: Administrable, input: AdminInput): Promise<OperationListing> {
  const effect = input.text('effect');
  if (effect !== undefined && !RECORD_EFFECTS.some((known) => known === effect))
    throw invalidArgument([{ field: 'effect', description: `must be one of ${RECORD_EFFECTS.join(', ')}` }]);
  const limit = Math.min(input.count('limit') ?? OPERATIONS_PER_PAGE, MAX_OPERATIONS_PER_PAGE);
  const { entries, unreadable, nowUs, next } = await operationLog.page(limit, input.text('pageToken'));
  const reports: OperationReport[] = [];
  const damaged = [...unreadable];
  for (const { id, record } of entries) {
    if (record.expiresUs <= nowUs || !isOperation(record)) continue;
    try {
      reports.push(reportOf(id, record, nowUs));
    } catch {
      // The outcome or the resolution cannot be parsed. `operations show` reports the error.
      damaged.push(id);
    }
  }
  return {
    operations: effect === undefined ? reports : reports.filter((report) => report.effect === effect),
    unreadable: damaged,
    scanned: entries.length + unreadable.length,
    nextPageToken: next ?? null,
  };
}

function resolveByOperator({ deps }: Administrable, input: AdminInput): Promise<OperationReport> {
  const effect = input.required('effect');
  if (effect !== 'done' && effect !== 'none')
    throw invalidArgument([{ field: 'effect', description: 'must be done or none' }]);
  const decision = {
    effect,
    reason: input.required('reason'),
    by: input.required('by'),
    objectId: input.text('object'),
  } as const;
  return resolveOperation(deps.operations, input.required('id'), decision, deps.operationRetentionUs);
}

export const OPERATION_ADMIN_METHODS: Readonly<Record<string, AdminMethod>> = {
  'operations.list': {
    input: { effect: 'text', limit: 'count', pageToken: 'text' },
    changes: false,
    run: listPage,
  },
  'operations.show': {
    input: { id: 'text!' },
    changes: false,
    run: ({ deps }, input) => operationReport(deps.operations, input.required('id')),
  },
  'operations.resolve': {
    input: { id: 'text!', effect: 'text!', reason: 'text!', by: 'text!', object: 'text' },
    changes: true,
    run: resolveByOperator,
  },
};
