import type { OutputRow } from '../../api/calls.ts';
import type { ConnectionInfo } from '../../api/operator.ts';
import { rowTitle } from '../../object/row-title.ts';
import { movesRealMoney } from '../../shell/console-context.tsx';
import type { FormDraft } from '../../state/drafts.ts';
import type { ConfirmRequest } from '../../ui/confirm.tsx';
import { isDestructive, targetName, type FormTarget } from '../target.ts';
import { countRows } from './use-call.ts';

/** The question before a new operation while the outcome of the last operation is unknown. */
export function newOperationConfirmation(unknownId: string, onConfirm: () => void): ConfirmRequest {
  return {
    title: 'Run a new operation?',
    text: `The outcome of ${unknownId} is unknown, and you changed the form since. A new operation may take effect twice.`,
    buttonLabel: 'Run as a new operation',
    onConfirm,
  };
}

interface WriteToConfirm {
  readonly target: FormTarget;
  readonly title: string;
  readonly draft: FormDraft;
  /** The object that an Update or a Delete changes. Undefined for other calls, and until the object is read. */
  readonly current: OutputRow | undefined;
  readonly connection: ConnectionInfo;
}

/** The question before a write. It names the object, or says how many rows the clause matches. */
export async function writeConfirmation(
  { target, title, draft, current, connection }: WriteToConfirm,
  onConfirm: () => void,
): Promise<ConfirmRequest> {
  const { filterClause, entityId } = draft;
  const rows = filterClause === '' ? undefined : await countRows(target.entity, filterClause).catch(() => undefined);
  return {
    title: `${title}?`,
    text: [
      ...(movesRealMoney(connection) ? ['This acts on real money and real customers.'] : []),
      ...(filterClause === ''
        ? []
        : [`The clause matches ${rows ?? 'an unknown number of rows'} of ${target.entity}.`]),
      ...(current === undefined ? [] : [`It is about ${rowTitle(current)} ${entityId}.`.replace('  ', ' ')]),
      isDestructive(target) ? 'It cannot be undone.' : 'It is sent to Stripe at once.',
    ].join(' '),
    buttonLabel: title,
    textToType: targetName(target),
    onConfirm,
  };
}
