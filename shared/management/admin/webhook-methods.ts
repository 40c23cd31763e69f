import { ConnectorError } from '../../errors.ts';
import type { DestinationKind } from '../../webhooks/sync/slots.ts';
import { syncWebhooks, type SyncResult } from '../../webhooks/sync/sync.ts';
import type { AdminMethod } from './method.ts';

/** The result of a sync. Stripe shows the signing secret of a new endpoint once, so the caller must store it. */
export interface WebhookSync {
  readonly results: readonly SyncResult[];
  readonly secrets: Readonly<Partial<Record<DestinationKind, string>>>;
}

export const WEBHOOK_METHODS: Readonly<Record<string, AdminMethod>> = {
  'webhooks.sync': {
    /** `keepsSecrets` states that the caller stores the secrets of the response. Without it no endpoint is created. */
    input: { dryRun: 'flag', rollSecrets: 'flag', adopt: 'flag', keepsSecrets: 'flag' },
    changes: true,
    run: async (connection, input): Promise<WebhookSync> => {
      if (!connection.onOwnMachine)
        throw new ConnectorError(
          'PERMISSION_DENIED',
          'a deployed function does not show signing secrets; run the command with --project on your machine',
          { reason: 'ADMIN_LOCAL_ONLY' },
        );
      const secrets: Partial<Record<DestinationKind, string>> = {};
      const keepSecret = (secret: string, kind: DestinationKind): void => {
        secrets[kind] = secret;
        // The running server accepts the deliveries to the new endpoint at once.
        if (connection.local) connection.webhookSecrets.add(secret);
      };
      const results = await syncWebhooks(connection, {
        dryRun: input.flag('dryRun'),
        rollSecrets: input.flag('rollSecrets'),
        adopt: input.flag('adopt'),
        keepSecret: input.flag('keepsSecrets') ? keepSecret : undefined,
      });
      return { results, secrets };
    },
  },
};
