/**
 * `npm run dead-letters -- list | show --id ID | replay [--id ID]`: the messages that automation dead-lettered. A
 * replay publishes the message again under its original operation id, so a completed operation is not executed again.
 */
import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import { redactValue } from '../redact.ts';
import { redrive } from '../automation/redrive.ts';
import { command, option, sharedConnection } from './command.ts';

/** Limit of the dead letters that one command lists or replays. */
const MAX_SHOWN = 1000;

command('npm run dead-letters -- list | show --id ID | replay [--id ID]', async (args) => {
  const connector = sharedConnection();
  const id = option(args, 'id');
  switch (args[0]) {
    case 'list':
      return formatTable(await connector.deadLetters.list(MAX_SHOWN));
    case 'show':
      return id === undefined
        ? undefined
        : JSON.stringify(redactValue(await requireDeadLetter(connector, id)), null, 2);
    case 'replay': {
      const letters = id === undefined ? await unplayed(connector) : [await requireDeadLetter(connector, id)];
      const lines: string[] = [];
      for (const deadLetter of letters) lines.push(`${deadLetter.id}  ${await redrive(connector, deadLetter)}`);
      return lines.length === 0 ? 'nothing to replay' : lines.join('\n');
    }
    default:
      return undefined;
  }
});

async function requireDeadLetter({ deadLetters }: Connector, id: string): Promise<DeadLetter> {
  const deadLetter = /^[0-9a-f]{32}$/.test(id) ? await deadLetters.get(id) : undefined;
  if (deadLetter !== undefined) return deadLetter;
  throw new ConnectorError('NOT_FOUND', `no dead letter ${id} found; run list to see all`, {
    reason: 'DEAD_LETTER_NOT_FOUND',
  });
}

/** Returns the dead letters that were never replayed, oldest first. */
async function unplayed({ deadLetters }: Connector): Promise<DeadLetter[]> {
  const letters = await deadLetters.list(MAX_SHOWN);
  return letters.filter(({ replayedMs, original }) => replayedMs === 0 && original !== null).reverse();
}

function formatTable(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'no dead letters';
  const rows = letters.map((deadLetter) => [
    deadLetter.id,
    new Date(deadLetter.atMs).toISOString(),
    deadLetter.reason,
    deadLetter.operationId,
    deadLetter.replayedMs > 0
      ? `replayed ${new Date(deadLetter.replayedMs).toISOString()}`
      : deadLetter.original === null
        ? 'message not stored'
        : 'replayable',
    deadLetter.message,
  ]);
  return rows.map((row) => row.join('  ')).join('\n');
}
