import type { PackedDescriptions } from '../../descriptions.ts';
import type { Field } from '../../types.ts';
import { textOfType, withUnit } from './compose.ts';
import { describingSentence, restatesNames } from './sentence.ts';

/** Texts that the project wrote itself. */
export interface Words {
  readonly entities: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, string>>;
  /** By entity or action and path (`Customer.email`), or by path in any of them (`*.metadata`, `*.address.city`). */
  readonly inputs: Readonly<Record<string, string>>;
  /** By name, for fields without a sentence of Stripe. */
  readonly fields: Readonly<Record<string, string>>;
  readonly examples: PackedDescriptions['examples'];
}

/**
 * Returns the description of a field of an object, or of an input. `owner` is the entity of a field, or the entity or
 * action of an input followed by a dot. A field never has the text of an input, which tells the caller what to send.
 */
export function describeField(
  { path, field, comment }: { readonly path: readonly string[]; readonly field: Field; readonly comment: string },
  owner: string,
  words: Words,
): string {
  const name = path.at(-1) ?? '';
  const ownText = owner.endsWith('.') ? ownTextOf(owner, path, words) : undefined;
  if (ownText !== undefined) return withUnit(ownText, name, field);
  const names = [...path, owner];
  const textByName = words.fields[name] ?? '';
  const text = describingSentence(comment, names) || (restatesNames(textByName, names) ? '' : textByName);
  return withUnit(text === '' ? textOfType(name, field) : text, name, field);
}

function ownTextOf(owner: string, path: readonly string[], { inputs }: Words): string | undefined {
  const { [`${owner}${path.join('.')}`]: exact } = inputs;
  if (exact !== undefined) return exact;
  const { [`*.${path.slice(-2).join('.')}`]: byPath } = inputs;
  return byPath;
}
