import * as z from 'zod/mini';
import { suggestion } from '../catalog/names.ts';
import { settingsInvalid } from '../errors.ts';
import { Violations } from '../field-violations.ts';
import { isObject } from '../is-object.ts';
import { lazy } from '../memoize.ts';
import { parseDocument } from '../parse-document.ts';
import { checkCombinations } from './setting-combinations.ts';
import { camel, type Camel } from './settings/setting.ts';
import { settingsSchema, type ParsedSettings } from './settings-schema.ts';

/** The parsed settings in camelCase, with defaults filled in. */
export type Settings = { readonly [K in keyof ParsedSettings as Camel<K & string>]: ParsedSettings[K] };

const withCombinations = lazy(() => settingsSchema().check(z.superRefine(checkCombinations, { when: () => true })));

/**
 * Parses the settings document. Throws one SETTINGS_INVALID that lists the unknown keys, the invalid values and the
 * invalid combinations of valid values.
 */
export function parseSettings(document: unknown): Settings {
  if (!isObject(document)) throw settingsInvalid("the connection's settings are invalid: they must be one JSON object");
  const violations = new Violations(Infinity);
  const data = parseDocument(withCombinations(), document, violations, {
    required: 'is required',
    unknown: (name) => `is not a setting${suggestion(name, Object.keys(settingsSchema().shape))}`,
  });
  if (data === undefined) {
    const list = violations.list();
    const message = list.map(({ field, description }) => `${field}: ${description}`).join('; ');
    throw settingsInvalid(`the connection's settings are invalid: ${message}`, list);
  }
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [camel(key), value])) as unknown as Settings;
}
