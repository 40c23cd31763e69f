/**
 * Redacts what must not appear in a log, an error response or a dead letter. A secret is recognized by its format, by
 * the name of its field, or by its value if this instance holds the secret. The rows of a result are not redacted.
 */
import { startsWithCardLength, isCardNumber } from './redact/cards.ts';
import { findSecrets } from './redact/find.ts';
import { isCardName, isHarmless, classifyName, type NameClass } from './redact/names.ts';
import { MARK, maskSpans, cutLength, type SpanKind } from './redact/span.ts';

export { MARK, type SpanKind };

/**
 * Number of characters that are searched beyond the maximum length of the output. A secret that begins before the
 * maximum length may be recognizable only together with the text after it.
 */
export const REDACTION_MARGIN = 4096;
/** Maximum number of characters of a field name in the output. Callers choose these names, so they may be long. */
const MAX_REDACTED_NAME_LENGTH = 300;
const CUT = '...';

/**
 * Redacts credentials, card numbers and e-mail addresses in the first `max` characters of a text. `knownSecrets` are the
 * secrets that this instance holds. The text is cut before the search, so the time does not depend on its full length.
 */
export function redact(text: string, knownSecrets: Iterable<string> = [], max = Infinity): string {
  return new Redactor({ knownSecrets, maxLength: max }).text(text);
}

/** Redacts every secret in a value, by the names of its fields at any depth and by the content of its strings. */
export function redactValue(value: unknown, knownSecrets: Iterable<string> = [], max = Infinity): unknown {
  return new Redactor({ knownSecrets, maxLength: max }).value(value);
}

/** Redacts only secrets of these kinds. */
export function redactKinds(value: unknown, kinds: ReadonlySet<SpanKind>): unknown {
  return new Redactor({ kinds }).value(value);
}

/**
 * Returns whether a value contains credentials or card data, which must not be stored. An e-mail address may be stored.
 */
export function carriesSecret(value: unknown): boolean {
  const redactor = new Redactor({});
  redactor.value(value);
  return [...redactor.found].some((kind) => kind !== 'mail');
}

/**
 * Returns whether a secret overlaps the characters from `from` to `to`. It searches the whole text, because the name
 * before a value can show that the value is a secret.
 */
export function isSecretAt(text: string, from: number, to: number): boolean {
  return findSecrets(text, []).some((span) => span.from < to && span.to > from);
}

/**
 * Returns the first `max` characters of a text, or one less if the cut would split a surrogate pair. Redact a text
 * before, because a part of a secret may not be recognized.
 */
export function cut(text: string, max: number): string {
  return text.slice(0, cutLength(text, max));
}

/**
 * What field names show about a value. The name of its field determines `nameClass`. The names of the fields next to it
 * and of the objects around it determine whether the value is part of a card (`inCard`).
 */
interface NameContext {
  readonly nameClass: NameClass;
  readonly inCard: boolean;
}
const NO_NAMES: NameContext = { nameClass: 'nothing', inCard: false };

/** Classes of names whose values are redacted in any object, unless `isHarmless`. */
const SECRET: ReadonlySet<NameClass> = new Set(['secret', 'code', 'line', 'mail']);
/** Classes of names next to which a `number` is a card number. */
const CARD_DATA: ReadonlySet<NameClass> = new Set(['expiry', 'code']);

interface RedactorOptions {
  readonly knownSecrets?: Iterable<string>;
  readonly maxLength?: number;
  readonly kinds?: ReadonlySet<SpanKind>;
}
const EVERY_KIND: ReadonlySet<SpanKind> = new Set(['credential', 'named', 'card', 'known', 'mail']);

class Redactor {
  readonly found = new Set<SpanKind>();
  readonly #knownSecrets: Iterable<string>;
  readonly #maxLength: number;
  readonly #kinds: ReadonlySet<SpanKind>;

  constructor({ knownSecrets = [], maxLength = Infinity, kinds = EVERY_KIND }: RedactorOptions) {
    this.#knownSecrets = knownSecrets;
    this.#maxLength = maxLength;
    this.#kinds = kinds;
  }

  text(text: string, nameClass: NameClass = 'nothing', max = this.#maxLength): string {
    const searched = text.length <= max ? text : text.slice(0, max + REDACTION_MARGIN);
    const spans = findSecrets(searched, this.#knownSecrets).filter(
      ({ kind }) => this.#kinds.has(kind) && !(kind === 'card' && nameClass === 'id'),
    );
    for (const { kind } of spans) this.found.add(kind);
    const masked = maskSpans(searched, spans, Math.min(max, text.length));
    return text.length <= max ? masked : `${masked}${CUT}`;
  }

  value(value: unknown, names: NameContext = NO_NAMES): unknown {
    switch (typeof value) {
      case 'string':
        return this.#isSecret(value, names) ? MARK : this.text(value, names.nameClass);
      case 'number':
      case 'bigint':
        return this.#isSecret(String(value), names) || this.#isCard(value, names) ? MARK : value;
      case 'object':
        return value === null ? null : this.#members(value, names);
      default:
        return value;
    }
  }

  /** Redacts the items of an array or the fields of an object. */
  #members(container: object, names: NameContext): unknown {
    if (Array.isArray(container)) return container.map((item) => this.value(item, names));
    const fields = Object.entries(container);
    const hasCardData = fields.some(([name]) => CARD_DATA.has(classifyName(name)));
    const entries = fields.map(([name, value]) => {
      const inCard = names.inCard || isCardName(name) || (hasCardData && typeof value !== 'object');
      return [
        this.text(name, 'nothing', MAX_REDACTED_NAME_LENGTH),
        this.value(value, { nameClass: this.#classOfField(name, container), inCard }),
      ];
    });
    return Object.fromEntries(entries) as unknown;
  }

  /**
   * Returns the class of a field. In `{name: 'cookie', value: ...}` or `{key: 'cookie', value: ...}`, the field `value`
   * has the class of `cookie`.
   */
  #classOfField(name: string, fields: object): NameClass {
    let label: unknown = name;
    if (name === 'value' && 'name' in fields) label = fields.name;
    else if (name === 'value' && 'key' in fields) label = fields.key;
    return classifyName(typeof label === 'string' ? label : name);
  }

  #isSecret(text: string, { nameClass, inCard }: NameContext): boolean {
    const isNumber = nameClass === 'number' && (inCard || startsWithCardLength(text));
    if (!(isNumber || SECRET.has(nameClass)) || isHarmless(text)) return false;
    return this.#record(nameClass === 'mail' ? 'mail' : 'named');
  }

  #isCard(value: number | bigint, { nameClass }: NameContext): boolean {
    return nameClass !== 'id' && isCardNumber(value) && this.#record('card');
  }

  /** Returns whether secrets of this kind are redacted. If they are, records that one was found. */
  #record(kind: SpanKind): boolean {
    if (this.#kinds.has(kind)) this.found.add(kind);
    return this.#kinds.has(kind);
  }
}
