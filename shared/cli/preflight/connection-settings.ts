import * as z from 'zod';

const settingsBody = z.object({
  name: z.string(),
  api_key: z.string().optional(),
  account_ceiling: z.number().nullish(),
});

/** Returns the settings that the preflight reads. Undefined for a function of another application. */
export function readConnectionSettings(text: string | undefined): z.output<typeof settingsBody> | undefined {
  try {
    return settingsBody.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}
