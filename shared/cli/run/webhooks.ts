import { existsSync, writeFileSync } from 'node:fs';
import type { WebhookSync } from '../../management/admin/webhook-methods.ts';
import { DESTINATION_KINDS, type DestinationKind } from '../../webhooks/sync/slots.ts';
import type { SyncResult } from '../../webhooks/sync/sync.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { CommandFailure } from '../io/exit.ts';

const KIND_TITLES: Readonly<Record<DestinationKind, string>> = {
  snapshot: 'snapshot events',
  connect: 'snapshot events of connected accounts',
  thin: 'thin events',
  'thin-connect': 'thin events of connected accounts',
};

/**
 * `webhooks sync`. Stripe shows the signing secret of a new endpoint once. The command writes each secret to a file of
 * its own and does not print it: FILE for snapshot events, FILE.thin for thin events, FILE.connect and
 * FILE.thin-connect for the same two kinds of events of connected accounts.
 */
export async function syncCommand(context: CommandContext): Promise<CommandResult> {
  const file = context.text('secretFile');
  const fileOf = (kind: DestinationKind): string => (kind === 'snapshot' ? `${file}` : `${file}.${kind}`);
  const existing = file === undefined ? undefined : DESTINATION_KINDS.map(fileOf).find(existsSync);
  if (existing !== undefined) throw new CommandFailure(`${existing} already exists; choose a new file`);
  const [dryRun, rollSecrets, adopt] = [context.flag('dryRun'), context.flag('rollSecrets'), context.flag('adopt')];
  const input = { dryRun, rollSecrets, adopt, keepsSecrets: file !== undefined };
  const synced = await context.admin('webhooks.sync', input);
  const { results, secrets } = synced as unknown as WebhookSync;
  for (const kind of DESTINATION_KINDS) {
    const secret = secrets[kind];
    if (secret !== undefined) writeFileSync(fileOf(kind), secret, { mode: 0o600, flag: 'wx' });
  }
  const lines = results.flatMap((result) => resultLines(result, dryRun, fileOf));
  const roll = rollSecrets && !dryRun ? ['then deploy, and run sync again: it deletes the old endpoints'] : [];
  return { value: { results }, text: results.length === 0 ? 'nothing to subscribe' : [...lines, ...roll].join('\n') };
}

function resultLines(
  { kind, id, created, changes, removed, foreign }: SyncResult,
  dryRun: boolean,
  fileOf: (kind: DestinationKind) => string,
): string[] {
  const would = dryRun ? 'would be ' : '';
  const updated = changes.length > 0 ? `${would}updated` : 'unchanged';
  const change = created ? `${would}created` : updated;
  const isShown = id !== undefined || created;
  return [
    ...(isShown ? [`${change}: ${id ?? 'new'} (${KIND_TITLES[kind]})`] : []),
    ...(isShown ? changes.map((change) => `  ${change}`) : []),
    ...removed.map((id) => `${would}removed: ${id}`),
    ...foreign.map((destination) => `not changed: ${foreignLine(destination, KIND_TITLES[kind])}`),
    ...(created && !dryRun
      ? [
          `its signing secret is in ${fileOf(kind)}: store it in Secret Manager, add it to webhook_secrets, delete the file`,
        ]
      : []),
  ];
}

/** Describes a destination at `webhook_url` that the connection does not own, and says what to do about it. */
function foreignLine({ id, owner, adoptable, problem }: SyncResult['foreign'][number], title: string): string {
  const whose = owner === null ? '' : ` of ${owner}`;
  if (problem === 'snapshot payload')
    return `${id}${whose} at webhook_url is an event destination for snapshot events, which brings types twice; delete it at Stripe`;
  if (problem === 'no type selected')
    return `${id}${whose} (${title}) at webhook_url brings types that event_types does not select there; delete it at Stripe`;
  return adoptable
    ? `${id} (${title}) is at webhook_url without this connection's mark; --adopt takes it over`
    : `${id} (${title}) at webhook_url is of ${owner}`;
}
