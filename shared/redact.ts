/**
 * Redacts what must not appear in a log, an error response or a dead letter: by format, by name, and by value if this
 * instance holds the secret. Rows that a caller requested do not pass through here and stay complete.
 */
import { isCardLong, isCardNumber } from './redact/cards.ts';
import { findSecrets } from './redact/find.ts';
import { isCardName, isHarmless, classifyName, type NameClass } from './redact/names.ts';
import { MARK, maskSpans, wholeCharacters, type SpanKind } from './redact/span.ts';

export { MARK, type SpanKind };

/**
 * Characters after a cut that are still read, because a secret before the cut may only be recognizable by what follows.
 */
export const REDACTION_MARGIN = 4096;
/** Limit of a field name in the output. */
const MAX_REDACTED_NAME_LENGTH = 300;
const CUT = '...';

/**
 * Redacts credentials, card numbers and e-mail addresses in the first `max` characters of a text. `cached` are secrets
 * that this instance holds. The text is cut before it is searched, so the time does not depend on its full length.
 */
export function redact(text: string, cached: Iterable<string> = [], max = Infinity): string {
  return new Redactor({ knownSecrets: cached, maxLength: max }).text(text);
}

/** Redacts every secret in a value, by the names of its fields at any depth and by the content of its strings. */
export function redactValue(value: unknown, cached: Iterable<string> = [], max = Infinity): unknown {
  return new Redactor({ knownSecrets: cached, maxLength: max }).value(value);
}

/** Redacts only secrets of these kinds. */
export function redactKinds(value: unknown, kinds: ReadonlySet<SpanKind>): unknown {
  return new Redactor({ kinds }).value(value);
}

/**
 * Returns whether a value contains what must not be stored: credentials or card data. An e-mail address may be stored.
 */
export function carriesSecret(value: unknown): boolean {
  const redactor = new Redactor({});
  redactor.value(value);
  return [...redactor.found].some((kind) => kind !== 'mail');
}

/** Returns whether a part of a text is or contains a secret, taking the text around it into account. */
export function isSecretAt(text: string, from: number, to: number): boolean {
  return findSecrets(text, []).some((span) => span.from < to && span.to > from);
}

/** Returns the first `max` characters of a redacted text. */
export function cut(text: string, max: number): string {
  return text.slice(0, wholeCharacters(text, max));
}

/** The class that the names around a value give it, and whether the value belongs to a card. */
interface RedactedPlace {
  readonly says: NameClass;
  readonly inCard: boolean;
}
const ANYWHERE: RedactedPlace = { says: 'nothing', inCard: false };

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

  text(text: string, says: NameClass = 'nothing', max = this.#most): string {
    const read = text.length <= max ? text : text.slice(0, max + REDACTION_MARGIN);
    const spans = findSecrets(read, this.#known).filter(
      ({ kind }) => this.#kinds.has(kind) && !(kind === 'card' && says === 'id'),
    );
    for (const { kind } of spans) this.found.add(kind);
    const shown = maskSpans(read, spans, Math.min(max, text.length));
    return text.length <= max ? shown : `${shown}${CUT}`;
  }

  value(value: unknown, place: RedactedPlace = ANYWHERE): unknown {
    switch (typeof value) {
      case 'string':
        return this.#isSecret(value, place) ? MARK : this.text(value, place.says);
      case 'number':
      case 'bigint':
        return this.#isSecret(String(value), place) || this.#isCard(value, place) ? MARK : value;
      case 'object':
        return value === null ? null : this.#within(value, place);
      default:
        return value;
    }
  }

  #within(value: object, place: RedactedPlace): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item, place));
    const fields = Object.entries(value);
    const nextToCard = fields.some(([name]) => CARD_DATA.has(classifyName(name)));
    const entries = fields.map(([name, inner]) => {
      const within = typeof inner === 'object';
      const inCard = place.inCard || isCardName(name) || (nextToCard && !within);
      return [
        this.text(name, 'nothing', MAX_REDACTED_NAME_LENGTH),
        this.value(inner, { says: this.#nameOf(name, value), inCard }),
      ];
    });
    return Object.fromEntries(entries) as unknown;
  }

  /** In `{name: 'cookie', value: ...}` the name of the value is in the field next to it. */
  #nameOf(name: string, fields: object): NameClass {
    const label: unknown =
      name !== 'value' ? name : 'name' in fields ? fields.name : 'key' in fields ? fields.key : name;
    return classifyName(typeof label === 'string' ? label : name);
  }

  #isSecret(text: string, { says, inCard }: RedactedPlace): boolean {
    const isNumber = says === 'number' && (inCard || isCardLong(text));
    if (!(isNumber || SECRET.has(says)) || isHarmless(text)) return false;
    return this.#finds(says === 'mail' ? 'mail' : 'named');
  }

  #isCard(value: number | bigint, { says }: RedactedPlace): boolean {
    return says !== 'id' && isCardNumber(value) && this.#finds('card');
  }

  #finds(kind: SpanKind): boolean {
    if (this.#kinds.has(kind)) this.found.add(kind);
    return this.#kinds.has(kind);
  }
}
