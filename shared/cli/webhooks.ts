/**
 * `npm run webhooks -- sync [--secret-file FILE]`: creates or updates the webhook endpoint of the connection. Stripe
 * shows the signing secret of a new endpoint once; the command writes it to the file only.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { ConnectorError } from '../errors.ts';
import { syncWebhook } from '../webhooks/sync-endpoint.ts';
import { command, connection, option } from './command.ts';

command('npm run webhooks -- sync [--secret-file FILE]', async (args) => {
  if (args[0] !== 'sync') return undefined;
  const file = option(args, 'secret-file');
  if (file !== undefined && existsSync(file))
    throw new ConnectorError('FAILED_PRECONDITION', `${file} already exists; choose a new file`, {
      reason: 'FILE_EXISTS',
    });
  const done = await syncWebhook(
    connection(),
    file === undefined ? undefined : (secret) => writeFileSync(file, secret, { mode: 0o600, flag: 'wx' }),
  );
  const secret = done.created
    ? [`its signing secret is in ${file}: store it in Secret Manager, add it to webhook_secrets, delete the file`]
    : [];
  return [
    `${done.created ? 'created' : done.changed ? 'updated' : 'unchanged'}: ${done.id}`,
    ...done.removed.map((id) => `removed: ${id}`),
    ...secret,
  ].join('\n');
});
