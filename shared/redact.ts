/**
 * Redacts secrets in logs, error responses and dead letters: by their format, by the name of their field, and by value if
 * this instance knows the secret. The rows of a response are not redacted here.
 */
import { isCardLong, isCardNumber } from './redact/cards.ts';
import { findSecrets } from './redact/find.ts';
import { isCardName, isHarmless, classifyName, type NameClass } from './redact/names.ts';
import { MARK, maskSpans, wholeCharacters, type SpanKind } from './redact/span.ts';

export { MARK, type SpanKind };

/**
 * Number of characters after the limit of a text that are searched too, because they may be needed to recognize a secret.
 */
export const REDACTION_MARGIN = 4096;
/** Limit of a field name in the output. */
const MAX_REDACTED_NAME_LENGTH = 300;
const CUT = '...';

/**
 * Redacts credentials, card numbers and e-mail addresses in the first `max` characters of a text. `knownSecrets` are the
 * secrets of this instance. The text is truncated before it is searched, so the time does not depend on its length.
 */
export function redact(text: string, knownSecrets: Iterable<string> = [], max = Infinity): string {
  return new Redactor({ knownSecrets: knownSecrets, maxLength: max }).text(text);
}

/** Redacts every secret in a value, by the names of its fields at any depth and by the content of its strings. */
export function redactValue(value: unknown, knownSecrets: Iterable<string> = [], max = Infinity): unknown {
  return new Redactor({ knownSecrets: knownSecrets, maxLength: max }).value(value);
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

/** Returns whether a part of a text overlaps a secret. The text around the part is taken into account. */
export function isSecretAt(text: string, from: number, to: number): boolean {
  return findSecrets(text, []).some((span) => span.from < to && span.to > from);
}

/** Returns the first `max` characters of a redacted text. */
export function cut(text: string, max: number): string {
  return text.slice(0, wholeCharacters(text, max));
}

/** The class of the name of a value, and whether the value belongs to a card. */
interface RedactionContext {
  readonly nameClass: NameClass;
  readonly inCard: boolean;
}
const NO_CONTEXT: RedactionContext = { nameClass: 'nothing', inCard: false };

/** Classes of names whose values are always redacted. */
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
  readonly #known: Iterable<string>;
  readonly #most: number;
  readonly #kinds: ReadonlySet<SpanKind>;

  constructor({ knownSecrets: cached = [], maxLength: max = Infinity, kinds = EVERY_KIND }: RedactorOptions) {
    this.#known = cached;
    this.#most = max;
    this.#kinds = kinds;
  }

  text(text: string, nameClass: NameClass = 'nothing', max = this.#most): string {
    const searched = text.length <= max ? text : text.slice(0, max + REDACTION_MARGIN);
    const spans = findSecrets(searched, this.#known).filter(
      ({ kind }) => this.#kinds.has(kind) && !(kind === 'card' && nameClass === 'id'),
    );
    for (const { kind } of spans) this.found.add(kind);
    const masked = maskSpans(searched, spans, Math.min(max, text.length));
    return text.length <= max ? masked : `${masked}${CUT}`;
  }

  value(value: unknown, context: RedactionContext = NO_CONTEXT): unknown {
    switch (typeof value) {
      case 'string':
        return this.#isSecret(value, context) ? MARK : this.text(value, context.nameClass);
      case 'number':
      case 'bigint':
        return this.#isSecret(String(value), context) || this.#isCard(value, context) ? MARK : value;
      case 'object':
        return value === null ? null : this.#within(value, context);
      default:
        return value;
    }
  }

  #within(value: object, context: RedactionContext): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item, context));
    const fields = Object.entries(value);
    const nextToCard = fields.some(([name]) => CARD_DATA.has(classifyName(name)));
    const entries = fields.map(([name, inner]) => {
      const within = typeof inner === 'object';
      const inCard = context.inCard || isCardName(name) || (nextToCard && !within);
      return [
        this.text(name, 'nothing', MAX_REDACTED_NAME_LENGTH),
        this.value(inner, { nameClass: this.#nameOf(name, value), inCard }),
      ];
    });
    return Object.fromEntries(entries) as unknown;
  }

  /** Returns the class of a field's name. In `{name: 'cookie', value: ...}` the name is the value of `name`. */
  #nameOf(name: string, fields: object): NameClass {
    const label: unknown =
      name !== 'value' ? name : 'name' in fields ? fields.name : 'key' in fields ? fields.key : name;
    return classifyName(typeof label === 'string' ? label : name);
  }

  #isSecret(text: string, { nameClass: nameClass, inCard }: RedactionContext): boolean {
    const isNumber = nameClass === 'number' && (inCard || isCardLong(text));
    if (!(isNumber || SECRET.has(nameClass)) || isHarmless(text)) return false;
    return this.#finds(nameClass === 'mail' ? 'mail' : 'named');
  }

  #isCard(value: number | bigint, { nameClass: nameClass }: RedactionContext): boolean {
    return nameClass !== 'id' && isCardNumber(value) && this.#finds('card');
  }

  #finds(kind: SpanKind): boolean {
    if (this.#kinds.has(kind)) this.found.add(kind);
    return this.#kinds.has(kind);
  }
}
