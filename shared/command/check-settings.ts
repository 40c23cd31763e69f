import { settingsJson } from '../connection/environment.ts';
import { parseSettings } from '../connection/settings.ts';
import { isConnectorError, settingsInvalid, type ConnectorError, type FieldViolation } from '../errors.ts';

/** Every problem of a settings file, each with its path. Names and regions are required, as in the cloud. */
export function checkFile(file: string, readFile: (file: string) => string): readonly FieldViolation[] {
  let document: unknown;
  try {
    const text = readFile(file);
    document = settingsJson(text) ?? JSON.parse(text);
  } catch (error) {
    if (isConnectorError(error)) return error.facts.violations ?? [{ field: file, description: error.message }];
    const why = error instanceof SyntaxError ? `is no JSON (${error.message})` : 'cannot be read';
    return [{ field: file, description: why }];
  }
  try {
    parseSettings(document);
    return [];
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return error.facts.violations ?? [{ field: file, description: error.message }];
  }
}

/** One error that names them all, a line each. */
export function settingsProblems(file: string, problems: readonly FieldViolation[]): ConnectorError {
  const lines = problems.map(({ field, description }) => `  ${field}: ${description}`);
  return settingsInvalid([`${file}: ${problems.length} problems`, ...lines].join('\n'), problems);
}
