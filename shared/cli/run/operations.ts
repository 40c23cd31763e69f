import { userInfo } from 'node:os';
import type { OperationReport } from '../../idempotency/operation-report.ts';
import type { OperationListing } from '../../management/admin/operation-methods.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { UsageError } from '../io/exit.ts';
import { formatColumns, formatPairs } from '../io/print.ts';
import { callWith } from './call.ts';
import { countOption } from '../io/count-option.ts';

const DEFAULT_OPERATION_LIMIT = 100;
/** Default of `--scan`: the number of records that are read to find operations. */
const DEFAULT_SCAN_LIMIT = 10_000;
/** The maximum that the admin method `operations.list` reads for one page. */
const RECORDS_PER_PAGE = 300;
const RETRY_ATTEMPTS = 12;

/** `operations list` */
export async function listOperations(context: CommandContext): Promise<CommandResult> {
  const [max, maxScanned] = [
    countOption(context, 'limit', DEFAULT_OPERATION_LIMIT),
    countOption(context, 'scan', DEFAULT_SCAN_LIMIT),
  ];
  const effect = context.text('effect');
  const found: OperationReport[] = [];
  const unreadable: string[] = [];
  let [scanned, pageToken]: [number, string | null] = [0, null];
  do {
    const page = (await context.admin('operations.list', {
      effect,
      pageToken: pageToken === null ? undefined : pageToken,
      limit: Math.min(RECORDS_PER_PAGE, maxScanned - scanned),
    })) as unknown as OperationListing;
    found.push(...page.operations);
    unreadable.push(...page.unreadable);
    scanned += page.scanned;
    pageToken = page.nextPageToken;
    context.progress.show(`${scanned} records read, ${found.length} found`);
  } while (pageToken !== null && found.length < max && scanned < maxScanned);
  const operations = found.slice(0, max);
  const rows = operations.map(({ operationId, state, effect: known, attempts, firstCalledAt }) => [
    operationId,
    state,
    known,
    `${attempts}x`,
    firstCalledAt ?? '',
  ]);
  const more = pageToken === null && found.length <= max ? '' : `\n\n${scanned} records were read; there are more`;
  const head = ['operation', 'state', 'effect', 'attempts', 'first called'];
  const text = rows.length === 0 ? 'no operations' : formatColumns([head, ...rows]);
  const damaged = unreadable.length === 0 ? '' : `\n\nrecords that are damaged: ${unreadable.join(', ')}`;
  return { value: { operations, unreadable, scanned, complete: pageToken === null }, text: text + more + damaged };
}

/** `operations show ID` */
export async function showOperation({ admin, args }: CommandContext): Promise<CommandResult> {
  return reportResult(await admin('operations.show', { id: args[0] }));
}

/** `operations retry ID OPERATION INPUTS...` */
export async function retryOperation(context: CommandContext): Promise<CommandResult> {
  const [id = '', operation = '', ...inputs] = context.args;
  // Fails if the operation does not exist, because a call with a new id would be a new operation.
  await context.admin('operations.show', { id });
  return callWith(context, operation, inputs, id, RETRY_ATTEMPTS);
}

/** `operations resolve ID done|none --reason TEXT` */
export async function resolveCommand(context: CommandContext): Promise<CommandResult> {
  const [id, effect] = context.args;
  const [reason, object] = [context.text('reason'), context.text('object')];
  if (effect !== 'done' && effect !== 'none') throw new UsageError(`the effect must be done or none: ${effect ?? ''}`);
  if (reason === undefined) throw new UsageError('--reason TEXT is required: how you know the outcome');
  const by = context.text('by') ?? userInfo().username;
  const input = { id, effect, reason, by, object };
  return reportResult(await context.admin('operations.resolve', input));
}

function reportResult(report: Readonly<Record<string, unknown>>): CommandResult {
  return { value: report, text: formatPairs(report) };
}
