/**
 * `npm run operations -- show ID` shows the outcome of an operation. `-- resolve ID done|none --reason TEXT` records
 * the outcome that an operator found.
 */
import { userInfo } from 'node:os';
import { operationReport } from '../idempotency/operation-report.ts';
import { resolveOperation } from '../idempotency/resolve-operation.ts';
import { command, connection, namesStore, option, sharedConnection } from './command.ts';

const OPERATIONS_USAGE = [
  'npm run operations -- show OPERATION_ID',
  'npm run operations -- resolve OPERATION_ID done|none --reason TEXT [--object ID] [--by NAME]',
].join('\n');

command(OPERATIONS_USAGE, async ([verb, id, effect, ...options]) => {
  if (id === undefined) return undefined;
  if (verb === 'show') return showCommand(id);
  if (verb === 'resolve' && (effect === 'done' || effect === 'none')) return resolveCommand(id, effect, options);
  return undefined;
});

async function showCommand(id: string): Promise<string> {
  // Without a shared store the local server has the record, so this command needs no key.
  return printable(namesStore() ? await operationReport(connection().deps.operations, id) : await fromServer(id));
}

async function resolveCommand(
  id: string,
  effect: 'done' | 'none',
  options: readonly string[],
): Promise<string | undefined> {
  const reason = option(options, 'reason');
  if (reason === undefined) return undefined;
  const { deps } = sharedConnection();
  const by = option(options, 'by') ?? userInfo().username;
  const objectId = option(options, 'object');
  const decision = { effect, reason, by, objectId };
  return printable(await resolveOperation(deps.operations, id, decision, deps.operationRetentionUs));
}

/** The state of `npm start` is in the memory of its own process. */
async function fromServer(id: string): Promise<unknown> {
  const port = process.env['PORT'] ?? '8080';
  const response = await fetch(`http://localhost:${port}/connection/operations/${encodeURIComponent(id)}`).catch(() => {
    throw new Error(
      `no local server responds on port ${port}; start it, or set GOOGLE_CLOUD_PROJECT or FIRESTORE_EMULATOR_HOST`,
    );
  });
  const body = (await response.json()) as { error?: { message: string } };
  if (body.error !== undefined) throw new Error(body.error.message);
  return body;
}

function printable(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
