import { IN_CLEAR, isInClear, readSettings } from '../config/environment.ts';
import { parseSettings } from '../config/settings.ts';
import { isConnectorError, settingsInvalid, type ConnectorError, type FieldViolation } from '../errors.ts';

/**
 * Every problem of a settings file, each with its path. Names and regions are required, as in the cloud. `base` is
 * STRIPE_API_BASE.
 */
export function checkFile(
  file: string,
  readFile: (file: string) => string,
  base: string | undefined,
): readonly FieldViolation[] {
  let document: unknown;
  let problems: readonly FieldViolation[];
  try {
    const text = readFile(file);
    const read = readSettings(text);
    document = read.value ?? JSON.parse(text);
    problems = read.problems;
  } catch (error) {
    if (isConnectorError(error)) return [{ field: file, description: error.message }];
    const why = error instanceof SyntaxError ? `is no JSON (${error.message})` : 'cannot be read';
    return [{ field: file, description: why }];
  }
  const ssltype = (document as Readonly<Record<string, unknown>> | null)?.['proxy_ssltype'];
  const inClear = isInClear(ssltype, base) ? [{ field: 'proxy_ssltype', description: IN_CLEAR }] : [];
  // What is said of a key's text is said once.
  const said = new Set(problems.map(({ field }) => field));
  return [...problems, ...[...settingsProblemsOf(file, document), ...inClear].filter(({ field }) => !said.has(field))];
}

function settingsProblemsOf(file: string, document: unknown): readonly FieldViolation[] {
  try {
    parseSettings(document);
    return [];
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return error.details.violations ?? [{ field: file, description: error.message }];
  }
}

/** One error that names them all, a line each. */
export function settingsProblems(file: string, problems: readonly FieldViolation[]): ConnectorError {
  const lines = problems.map(({ field, description }) => `  ${field}: ${description}`);
  return settingsInvalid(
    [`${file}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`, ...lines].join('\n'),
    problems,
  );
}
