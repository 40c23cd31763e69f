import * as z from 'zod/mini';
import { lazy } from '../memoize.ts';
import { text, url } from './validators.ts';

/** The Firestore database that infra/project creates. The project's `(default)` database belongs to its applications. */
export const DEFAULT_DATABASE = 'stripe-connector';

/** The environment variables: where the settings come from, and what replaces Google Cloud in local development. */
export const variables = lazy(() => {
  const anyText = z.optional(z.string());
  const emulatorHost = z.optional(
    text(
      /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253}):(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/,
      'host:port of an emulator, such as localhost:8085 or [::1]:8085',
    ),
  );
  /** One segment of a resource name. An empty one would make a name that no service has. */
  const segment = (allowed: string): z.ZodMiniType<string> => text(/^[^\s/]{1,200}$/, allowed);
  return z.object({
    /** Set by Cloud Run, so the process runs in the cloud. */
    K_SERVICE: anyText,
    CONNECTION_SETTINGS: anyText,
    CONNECTION_SETTINGS_FILE: anyText,
    STRIPE_API_KEY: anyText,
    /** Signing secrets of webhooks, newest first, separated by commas. */
    STRIPE_WEBHOOK_SECRET: anyText,
    PROXY_PASSWORD: anyText,
    STRIPE_API_BASE: z.optional(url()),
    FIRESTORE_EMULATOR_HOST: emulatorHost,
    SECRET_MANAGER_EMULATOR_HOST: emulatorHost,
    PUBSUB_EMULATOR_HOST: emulatorHost,
    GOOGLE_CLOUD_PROJECT: z.optional(segment('a project id; unset the variable if there is no project')),
    FIRESTORE_DATABASE: z._default(
      segment(`a database id; unset the variable for ${DEFAULT_DATABASE}`),
      DEFAULT_DATABASE,
    ),
    /**
     * A key file or a workload identity federation configuration. It takes precedence over the platform's service
     * account.
     */
    GOOGLE_APPLICATION_CREDENTIALS: anyText,
    ALLOW_LIVE: anyText,
  });
});

export type EnvironmentValues = Readonly<z.output<ReturnType<typeof variables>>>;
