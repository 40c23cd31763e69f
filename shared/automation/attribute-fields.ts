import { invalidArgument, type FieldViolation } from '../errors.ts';
import { bodyFieldNames } from '../http/body/request-bodies.ts';
import { lazy } from '../memoize.ts';
import type { PubsubMessage } from './push-message.ts';

/** A field that an attribute sets, and its value. */
export type AttributeField = readonly [name: string, value: string];

/** Fields that an attribute of a message can set. */
const settable = lazy((): ReadonlySet<string> => new Set(['function', 'operation', 'action', ...bodyFieldNames()]));

/** Maximum length of an attribute name that is compared with field names. No field has a longer name. */
const MAX_SUGGESTION_LENGTH = 60;

/** Fields by the letters of their names. The HTTP header `Idempotency-Key` is a second name of `operationId`. */
const fieldsByLetters = lazy(
  (): ReadonlyMap<string, string> =>
    new Map([
      ...[...settable()].map((name): [string, string] => [letters(name), name]),
      ['idempotencykey', 'operationId'],
    ]),
);

/**
 * Returns the fields that the attributes of a message set. Throws INVALID_ARGUMENT for attributes such as `DryRun`,
 * `dry_run` and `dry-run`: the publisher means `dryRun`, and without an error the field would be ignored.
 */
export function attributeFields(attributes: PubsubMessage['attributes']): AttributeField[] {
  const names = Object.keys(attributes);
  const misspelled = names.flatMap((name): FieldViolation[] => {
    const intended = settable().has(name) ? undefined : fieldsByLetters().get(letters(name));
    return intended === undefined
      ? []
      : [{ field: name, description: `is not a known attribute; did you mean ${intended}?` }];
  });
  if (misspelled.length > 0) throw invalidArgument(misspelled);
  return names.filter((name) => settable().has(name)).map((name) => [name, attributes[name] ?? '']);
}

/**
 * Like `attributeFields`, for a message of another sender: only `dryRun` sets a field. All other attributes are the
 * sender's, and may have the name of a field without its meaning, such as `entity`.
 */
export function senderAttributeFields(attributes: PubsubMessage['attributes']): AttributeField[] {
  const isDryRun = (name: string): boolean => fieldsByLetters().get(letters(name)) === 'dryRun';
  return attributeFields(Object.fromEntries(Object.entries(attributes).filter(([name]) => isDryRun(name))));
}

/** Returns the name in lower case, without separators. */
function letters(name: string): string {
  return name.length > MAX_SUGGESTION_LENGTH ? '' : name.replace(/[_.\s-]/g, '').toLowerCase();
}

/** Throws if a field has another value in the data of a message than in its attributes. */
export function checkAgreement(
  inData: Readonly<Record<string, unknown>>,
  inAttributes: readonly AttributeField[],
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
