import * as z from 'zod/mini';
import { lazy } from '../memoize.ts';
import { callerSettings } from './settings/callers.ts';
import { identitySettings } from './settings/identity.ts';
import { limitSettings } from './settings/limits.ts';
import { messageSettings } from './settings/messages.ts';
import { stripeAccessSettings } from './settings/stripe-access.ts';
import { writePolicySettings } from './settings/write-policy.ts';

/**
 * The settings of a connection: one JSON document in snake_case. The files in settings/ define the name, description,
 * type, bounds and default of each setting. `npm run settings` generates the settings page and the Terraform variables.
 */
export const settingsSchema = lazy(() =>
  z.strictObject({
    ...identitySettings(),
    ...limitSettings(),
    ...stripeAccessSettings(),
    ...writePolicySettings(),
    ...messageSettings(),
    ...callerSettings(),
  }),
);

/** The parsed settings document, with defaults filled in. */
export type ParsedSettings = Readonly<z.output<ReturnType<typeof settingsSchema>>>;

/** A setting as its page and Terraform document it. */
export interface SettingDefinition {
  readonly name: string;
  readonly description: string;
  /** Undefined if the setting has no default. */
  readonly default: unknown;
  readonly required: boolean;
}

/** Returns every setting in the order of the schema. */
export function settingDefinitions(): SettingDefinition[] {
  return Object.entries(settingsSchema().shape).map(([name, schema]) => ({
    name,
    description: z.globalRegistry.get(schema)?.description ?? '',
    default: schema instanceof z.ZodMiniDefault ? schema.def.defaultValue : undefined,
    required: !z.safeParse(schema, undefined).success,
  }));
}
