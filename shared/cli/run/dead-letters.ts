import type { ListedDeadLetter } from '../../management/admin/dead-letter-methods.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { formatColumns } from '../io/print.ts';

/** `dead-letters list` */
export async function listDeadLetters({ admin }: CommandContext): Promise<CommandResult> {
  const deadLetters = await fetchDeadLetters(admin);
  const rows = deadLetters.map(({ id, at, reason, operationId, state, replayed, message }) => [
    id,
    at,
    reason,
    operationId,
    replayed === null ? state : `replayed ${replayed}`,
    message,
  ]);
  const head = ['id', 'at', 'reason', 'operation', 'state', 'message'];
  return { value: { deadLetters }, text: rows.length === 0 ? 'no dead letters' : formatColumns([head, ...rows]) };
}

/** `dead-letters show ID` */
export async function showDeadLetter({ admin, args }: CommandContext): Promise<CommandResult> {
  const value = await admin('deadLetters.show', { id: args[0] });
  return { value, text: JSON.stringify(value, null, 2) };
}

/** `dead-letters replay [ID]`: replays the oldest first. */
export async function replayDeadLetters({ admin, args, progress }: CommandContext): Promise<CommandResult> {
  const ids = args.length > 0 ? args : await replayableIds(admin);
  const replayed: { readonly id: string; readonly outcome: string }[] = [];
  for (const id of ids) {
    progress.show(`${replayed.length} of ${ids.length} dead letters`);
    const { outcome } = await admin('deadLetters.replay', { id });
    replayed.push({ id, outcome: String(outcome) });
  }
  const text =
    replayed.length === 0 ? 'nothing to replay' : formatColumns(replayed.map(({ id, outcome }) => [id, outcome]));
  return { value: { replayed }, text };
}

async function replayableIds(admin: CommandContext['admin']): Promise<string[]> {
  const letters = await fetchDeadLetters(admin);
  return letters.flatMap(({ id, state }) => (state === 'replayable' ? [id] : [])).reverse();
}

async function fetchDeadLetters(admin: CommandContext['admin']): Promise<readonly ListedDeadLetter[]> {
  const { deadLetters } = await admin('deadLetters.list', {});
  return deadLetters as readonly ListedDeadLetter[];
}
