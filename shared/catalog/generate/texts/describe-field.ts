import type { PackedDescriptions } from '../../descriptions.ts';
import type { Field } from '../../types.ts';
import { textOfType, withUnit } from './compose.ts';
import { describingSentence, restatesNames } from './sentence.ts';

/** The project's own texts, in `words/`. */
export interface Words {
  readonly entities: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, string>>;
  /** Texts of inputs, by entity or action and path (`Customer.email`), or by `*` and the end of a path (`*.address.city`). */
  readonly inputs: Readonly<Record<string, string>>;
  /** Texts of fields that Stripe does not describe, by the name of the field. */
  readonly fields: Readonly<Record<string, string>>;
  readonly examples: PackedDescriptions['examples'];
}

/**
 * Returns the description of a field of an object, or of an input. `owner` is its entity or action. The texts in
 * `words/inputs.json` are only for inputs, because they say what to send.
 */
export function describeField(
  { path, field, comment }: { readonly path: readonly string[]; readonly field: Field; readonly comment: string },
  { owner, isInput }: { readonly owner: string; readonly isInput: boolean },
  words: Words,
): string {
  const name = path.at(-1) ?? '';
  const ownText = isInput ? ownTextOf(owner, path, words) : undefined;
  if (ownText !== undefined) return withUnit(ownText, name, field);
  const names = [...path, owner];
  const textByName = words.fields[name] ?? '';
  const text = describingSentence(comment, names) || (restatesNames(textByName, names) ? '' : textByName);
  return withUnit(text === '' ? textOfType(name, field) : text, name, field);
}

/** Returns the project's own text of an input: for its complete path, or for the last two names of the path. */
function ownTextOf(owner: string, path: readonly string[], { inputs }: Words): string | undefined {
  const { [`${owner}.${path.join('.')}`]: exact } = inputs;
  if (exact !== undefined) return exact;
  const { [`*.${path.slice(-2).join('.')}`]: byPath } = inputs;
  return byPath;
}
