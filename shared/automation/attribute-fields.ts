import { invalidArgument, type FieldViolation } from '../errors.ts';
import { bodyFieldNames } from '../http/body/request-bodies.ts';
import { lazy } from '../memoize.ts';
import type { PubsubMessage } from './push-message.ts';

/** Fields that an attribute of a message can set. */
const settable = lazy((): ReadonlySet<string> => new Set(['function', 'operation', 'action', ...bodyFieldNames()]));

/** Longer attribute names are not compared with field names. */
const MAX_SUGGESTION_LENGTH = 60;

/** Fields by their letters only, and the key of a write by its HTTP header too. */
const byLetters = lazy(
  (): ReadonlyMap<string, string> =>
    new Map([
      ...[...settable()].map((name): [string, string] => [letters(name), name]),
      ['idempotencykey', 'operationId'],
    ]),
);

/**
 * Returns the fields that the attributes of a message set. Throws INVALID_ARGUMENT for attributes such as `DryRun`,
 * `dry_run` and `dry-run`: a person means `dryRun`, but no program would read them.
 */
export function attributeFields(attributes: PubsubMessage['attributes']): [name: string, value: string][] {
  const names = Object.keys(attributes);
  const misspelled = names.flatMap((name): FieldViolation[] => {
    const meant = settable().has(name) ? undefined : byLetters().get(letters(name));
    return meant === undefined
      ? []
      : [{ field: name, description: `is not a known attribute; did you mean ${meant}?` }];
  });
  if (misspelled.length > 0) throw invalidArgument(misspelled);
  return names.filter((name) => settable().has(name)).map((name) => [name, attributes[name] ?? '']);
}

function letters(name: string): string {
  return name.length > MAX_SUGGESTION_LENGTH ? '' : name.replace(/[_.\s-]/g, '').toLowerCase();
}

/** A field that is in both the data and an attribute must have the same value. */
export function checkAgreement(
  inData: Readonly<Record<string, unknown>>,
  inAttributes: readonly [string, string][],
): void {
  const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const differing = inAttributes.filter(
    ([name, value]) => Object.hasOwn(inData, name) && textOf(inData[name]) !== value,
  );
  if (differing.length === 0) return;
  throw invalidArgument(
    differing.map(([field]): FieldViolation => ({
      field,
      description: "differs from the message's attribute; send only one of them",
    })),
  );
}
