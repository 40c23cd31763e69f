/**
 * `npm run webhooks -- sync [--dry-run] [--secret-file FILE] [--roll-secrets]`: makes what the connection has at Stripe
 * to receive events match the settings. Stripe shows the signing secret of a new endpoint once; the command writes it to
 * the file only: that of snapshot events to FILE, that of thin events to FILE.thin, those of connected accounts to FILE.connect and
 * FILE.thin-connect.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { ConnectorError } from '../errors.ts';
import { DESTINATION_KINDS, type DestinationKind } from '../webhooks/sync/slots.ts';
import { syncWebhooks, type SyncResult } from '../webhooks/sync/sync.ts';
import { command, connection, option } from './command.ts';

command('npm run webhooks -- sync [--dry-run] [--secret-file FILE] [--roll-secrets]', async (args) => {
  if (args[0] !== 'sync') return undefined;
  const file = option(args, 'secret-file');
  const fileOf = (kind: DestinationKind): string => (kind === 'snapshot' ? `${file}` : `${file}.${kind}`);
  const existing = file === undefined ? undefined : DESTINATION_KINDS.map(fileOf).find(existsSync);
  if (existing !== undefined)
    throw new ConnectorError('FAILED_PRECONDITION', `${existing} already exists; choose a new file`, {
      reason: 'FILE_EXISTS',
    });
  const dryRun = args.includes('--dry-run');
  const rollSecrets = args.includes('--roll-secrets');
  const keepSecret = (secret: string, kind: DestinationKind): void =>
    writeFileSync(fileOf(kind), secret, { mode: 0o600, flag: 'wx' });
  const results = await syncWebhooks(connection(), {
    dryRun,
    rollSecrets,
    keepSecret: file === undefined ? undefined : keepSecret,
  });
  if (results.length === 0) return 'nothing to subscribe';
  const lines = results.flatMap((result) => resultLines(result, dryRun, fileOf));
  const roll = 'then deploy, and run sync again: it deletes the old endpoints';
  return [...lines, ...(rollSecrets && !dryRun ? [roll] : [])].join('\n');
});

const KIND_TITLES: Readonly<Record<DestinationKind, string>> = {
  snapshot: 'snapshot events',
  connect: 'snapshot events of connected accounts',
  thin: 'thin events',
  'thin-connect': 'thin events of connected accounts',
};

function resultLines(
  { kind, id, created, changes, removed }: SyncResult,
  dryRun: boolean,
  fileOf: (kind: DestinationKind) => string,
): string[] {
  const would = dryRun ? 'would be ' : '';
  const change = created ? `${would}created` : changes.length > 0 ? `${would}updated` : 'unchanged';
  const isShown = id !== undefined || created;
  return [
    ...(isShown ? [`${change}: ${id ?? 'new'} (${KIND_TITLES[kind]})`] : []),
    ...(isShown ? changes.map((one) => `  ${one}`) : []),
    ...removed.map((one) => `${would}removed: ${one}`),
    ...(created && !dryRun
      ? [
          `its signing secret is in ${fileOf(kind)}: store it in Secret Manager, add it to webhook_secrets, delete the file`,
        ]
      : []),
  ];
}
