import * as z from 'zod/mini';
import { lazy } from '../memoize.ts';
import { text, url } from './validators.ts';

/**
 * The Firestore database that infra/project creates: the default of `FIRESTORE_DATABASE`. It is not the `(default)`
 * database, because other applications of the project may use that one.
 */
export const DEFAULT_DATABASE = 'stripe-connector';

/** Adds a description, which the settings page shows, to the schema of a variable. */
function variable<S extends z.ZodMiniType>(description: string, schema: S): S {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** Like `variable`, for a variable that is only for local development and is rejected in the cloud. */
function localVariable<S extends z.ZodMiniType>(description: string, schema: S): S {
  z.globalRegistry.add(schema, { description, isLocal: true });
  return schema;
}

/**
 * The environment variables of a connection: where its settings, secrets and state are, and replacements for Stripe and
 * Google Cloud in local development.
 */
export const variables = lazy(() => {
  const anyText = (): z.ZodMiniOptional<z.ZodMiniString> => z.optional(z.string());
  const emulatorHost = (): z.ZodMiniOptional<z.ZodMiniType<string>> =>
    z.optional(
      text(
        /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253}):(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/,
        'host:port of an emulator, such as localhost:8085 or [::1]:8085',
      ),
    );
  /** Returns the schema of one segment of a resource name, which must not be empty. */
  const segment = (allowed: string): z.ZodMiniType<string> => text(/^[^\s/]{1,200}$/, allowed);
  return z.object({
    CONNECTION_SETTINGS: variable('the settings, as one JSON document', anyText()),
    CONNECTION_SETTINGS_FILE: variable('path of a file with the settings, instead of `CONNECTION_SETTINGS`', anyText()),
    K_SERVICE: variable('set by Cloud Run: the process runs in the cloud', anyText()),
    STRIPE_API_KEY: localVariable(
      'a test key: the local server uses Stripe instead of the sandbox; a live key needs `ALLOW_LIVE=1`',
      anyText(),
    ),
    ALLOW_LIVE: variable('`1` allows a live key in `STRIPE_API_KEY`', anyText()),
    STRIPE_API_BASE: localVariable('`http://host:port` of a Stripe-compatible server; needs a key', z.optional(url())),
    STRIPE_WEBHOOK_SECRET: localVariable('signing secrets of webhooks, newest first, separated by commas', anyText()),
    PROXY_PASSWORD: localVariable('replaces the secret that `proxy_password` names', anyText()),
    FIRESTORE_EMULATOR_HOST: localVariable('`host:port` of the emulator that keeps the state', emulatorHost()),
    PUBSUB_EMULATOR_HOST: localVariable(
      'publishes messages to this emulator; without it and without a project they are only logged (verbosity 2)',
      emulatorHost(),
    ),
    SECRET_MANAGER_EMULATOR_HOST: localVariable('`host:port` of a local replacement of Secret Manager', emulatorHost()),
    GOOGLE_CLOUD_PROJECT: variable(
      'project whose Firestore keeps the state; required in the cloud',
      z.optional(segment('a project id; unset the variable if there is no project')),
    ),
    FIRESTORE_DATABASE: variable(
      `Firestore database of the state; default \`${DEFAULT_DATABASE}\``,
      z._default(segment(`a database id; unset the variable for ${DEFAULT_DATABASE}`), DEFAULT_DATABASE),
    ),
    GOOGLE_APPLICATION_CREDENTIALS: variable(
      "a credentials file that replaces the platform's service account: key, federation, impersonation, gcloud's",
      anyText(),
    ),
  });
});

export type EnvironmentValues = Readonly<z.output<ReturnType<typeof variables>>>;

/** Returns whether a variable is rejected in the cloud: a secret, an emulator, or a replacement for Stripe. */
export function isLocalVariable(name: string): boolean {
  const { [name]: schema } = variables().shape as Readonly<Record<string, z.ZodMiniType>>;
  return schema !== undefined && z.globalRegistry.get(schema)?.['isLocal'] === true;
}

/** An environment variable as the settings page documents it. */
export interface VariableDefinition {
  readonly name: string;
  readonly description: string;
  readonly isLocal: boolean;
}

/** Variables that the local server reads before it creates the connection. */
const SERVER_VARIABLES: readonly VariableDefinition[] = [
  { name: 'PORT', description: 'port of the local server; default 8080', isLocal: true },
  { name: 'SANDBOX_PORT', description: "port of the local server's sandbox; default a free one", isLocal: true },
];

/** Variables of the command `stripe-connector`. */
const COMMAND_VARIABLES: readonly VariableDefinition[] = [
  { name: 'STRIPE_CONNECTOR_URL', description: 'server that the command calls, as `--url`', isLocal: true },
  {
    name: 'STRIPE_CONNECTOR_TOKEN',
    description: "token of the local server's admin methods, if the server printed it",
    isLocal: true,
  },
  {
    name: 'STRIPE_CONNECTOR_ID_TOKEN',
    description: "ID token for a deployed function; default gcloud's",
    isLocal: true,
  },
];

/**
 * Returns the environment variables that the settings page documents: those of the connection, of the local server and
 * of the command.
 */
export function variableDefinitions(): readonly VariableDefinition[] {
  const connectionVariables = Object.entries(variables().shape).map(([name, schema]) => {
    const { description = '', isLocal = false } = z.globalRegistry.get(schema) ?? {};
    return { name, description, isLocal: isLocal === true };
  });
  return [...connectionVariables, ...SERVER_VARIABLES, ...COMMAND_VARIABLES];
}
