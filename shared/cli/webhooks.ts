/**
 * `npm run webhooks -- sync [--secret-file FILE]`: makes or updates the one webhook endpoint of the connection. The
 * signing secret of a new one, which Stripe shows once, goes to the file alone.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { ConnectorError } from '../errors.ts';
import { syncWebhook } from '../webhooks/sync-endpoint.ts';
import { command, connection, option } from './command.ts';

command('npm run webhooks -- sync [--secret-file FILE]', async (args) => {
  if (args[0] !== 'sync') return undefined;
  const file = option(args, 'secret-file');
  if (file !== undefined && existsSync(file))
    throw new ConnectorError('FAILED_PRECONDITION', `${file} is there already; name a new file`, {
      reason: 'FILE_EXISTS',
    });
  const done = await syncWebhook(
    connection(),
    file === undefined ? undefined : (secret) => writeFileSync(file, secret, { mode: 0o600, flag: 'wx' }),
  );
  const secret = done.created
    ? [`its signing secret is in ${file}: put it into Secret Manager, name it in webhook_secrets, delete the file`]
    : [];
  return [
    `${done.created ? 'made' : done.changed ? 'updated' : 'unchanged'}: ${done.id}`,
    ...done.removed.map((id) => `removed: ${id}`),
    ...secret,
  ].join('\n');
});
