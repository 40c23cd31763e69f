import { isConnectorError, settingsInvalid, type FieldViolation } from '../errors.ts';
import { formatPath, parseExactJson } from '../json/exact-json.ts';
import { plainNumbers } from '../json/written-number.ts';
import type { EnvironmentValues } from './environment-variables.ts';

/** Returns the settings document from `CONNECTION_SETTINGS` or `CONNECTION_SETTINGS_FILE`, or else an empty one. */
export function settingsDocument(env: EnvironmentValues, readFile: (path: string) => string): Record<string, unknown> {
  if (env.CONNECTION_SETTINGS !== undefined && env.CONNECTION_SETTINGS_FILE !== undefined) {
    throw settingsInvalid('CONNECTION_SETTINGS and CONNECTION_SETTINGS_FILE are both set; unset one of them');
  }
  const source = env.CONNECTION_SETTINGS === undefined ? 'CONNECTION_SETTINGS_FILE' : 'CONNECTION_SETTINGS';
  let text: string;
  try {
    text =
      env.CONNECTION_SETTINGS ??
      (env.CONNECTION_SETTINGS_FILE === undefined ? '{}' : readFile(env.CONNECTION_SETTINGS_FILE));
  } catch (cause) {
    if (isConnectorError(cause)) throw cause;
    throw settingsInvalid('CONNECTION_SETTINGS_FILE cannot be read; check the path and its permissions');
  }
  const document = settingsJson(text);
  if (document === undefined) throw settingsInvalid(`${source} must contain one JSON object`);
  return document;
}

/**
 * Parses a settings document. Returns undefined if it is not a JSON object. Throws SETTINGS_INVALID if its text has
 * problems.
 */
function settingsJson(text: string): Record<string, unknown> | undefined {
  const { value, problems } = readSettings(text);
  if (problems.length > 0)
    throw settingsInvalid(problems.map(({ field, description }) => `${field}: ${description}`).join('; '), problems);
  return value;
}

/**
 * Parses a settings document and returns the problems of its text: a duplicate key, a number that loses digits. If the
 * text is not a JSON object, `value` is undefined, and the caller reports the error.
 */
export function readSettings(text: string): {
  readonly value: Record<string, unknown> | undefined;
  readonly problems: readonly FieldViolation[];
} {
  const parsed = parseExactJson(text.replace(/^\ufeff/, ''));
  const value = plainNumbers(parsed?.value);
  if (parsed === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return { value: undefined, problems: [] };
  const problems = parsed.problems.map(({ path, description }) => ({ field: formatPath(path), description }));
  return { value: value as Record<string, unknown>, problems };
}
