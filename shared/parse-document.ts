/** Parses a document with its zod schema, and reports violations with the connector's texts. */
import * as z from 'zod/mini';
import { definedFields } from './defined-fields.ts';
import type { Violations } from './field-violations.ts';

/**
 * Keeps zod from generating code for its parsers. On a cold start, generating a parser takes more time than the parser
 * saves.
 */
z.config({ jitless: true });

/**
 * The descriptions of violations that each kind of document words differently. All other descriptions are in the
 * schema.
 */
export interface DocumentTexts {
  /** For a missing required field. */
  readonly required: string;
  /** For a top-level field that the schema does not have. `suggests` is true to suggest the nearest known name. */
  readonly unknown: (name: string, suggests: boolean) => string;
  /** For a field that is null. If absent, the text of the schema is used. */
  readonly null?: string;
  /** For a problem that the schema has no text for. If absent, the text is zod's: `Invalid input`. */
  readonly invalid?: z.core.$ZodErrorMap;
}

/** Returns the parsed document, or adds all its violations and returns undefined. */
export function parseDocument<S extends z.ZodMiniObject>(
  schema: S,
  document: unknown,
  violations: Violations,
  texts: DocumentTexts,
): z.output<S> | undefined {
  const { data, error } = schema.safeParse(document, definedFields({ reportInput: true, error: texts.invalid }));
  for (const issue of error?.issues ?? []) addViolation(violations, issue, texts);
  return data;
}

function addViolation(violations: Violations, issue: z.core.$ZodIssue, texts: DocumentTexts): void {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      if (field === '') violations.add(key, (suggests) => texts.unknown(key, suggests));
      else violations.add(`${field}.${key}`, issue.message);
    }
  } else if (issue.input === undefined) violations.add(field, texts.required);
  else if (issue.input === null && texts.null !== undefined) violations.add(field, texts.null);
  else violations.add(field, issue.message);
}
