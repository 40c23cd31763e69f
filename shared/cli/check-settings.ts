import { PLAINTEXT_ERROR, isPlaintext } from '../config/environment.ts';
import { readSettings } from '../config/settings-document.ts';
import { parseSettings } from '../config/settings.ts';
import { isConnectorError, settingsInvalid, type ConnectorError, type FieldViolation } from '../errors.ts';

/**
 * Returns the problems of a settings file, each with its path. Name and region are required, as in a deployment.
 * `stripeApiBase` is the value of STRIPE_API_BASE.
 */
export function checkFile(
  file: string,
  readFile: (file: string) => string,
  stripeApiBase: string | undefined,
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
    const why =
      error instanceof SyntaxError
        ? `is not valid JSON (${error.message})`
        : 'cannot be read; check the path and its permissions';
    return [{ field: file, description: why }];
  }
  const ssltype = (document as Readonly<Record<string, unknown>> | null)?.['proxy_ssltype'];
  const plaintext = isPlaintext(ssltype, stripeApiBase)
    ? [{ field: 'proxy_ssltype', description: PLAINTEXT_ERROR }]
    : [];
  // A field whose JSON text is already reported, such as a repeated name, is not reported a second time.
  const reported = new Set(problems.map(({ field }) => field));
  return [
    ...problems,
    ...[...settingsProblems(file, document), ...plaintext].filter(({ field }) => !reported.has(field)),
  ];
}

function settingsProblems(file: string, document: unknown): readonly FieldViolation[] {
  try {
    parseSettings(document);
    return [];
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return error.details.violations ?? [{ field: file, description: error.message }];
  }
}

/** Returns one error that lists all problems, one per line. */
export function settingsFileError(file: string, problems: readonly FieldViolation[]): ConnectorError {
  const lines = problems.map(({ field, description }) => `  ${field}: ${description}`);
  return settingsInvalid(
    [`${file}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`, ...lines].join('\n'),
    problems,
  );
}
