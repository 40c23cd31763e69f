/**
 * What must not stand in a log, an error answer or a dead letter: by its pattern, by its name, and by its value where this
 * instance holds it. Rows that a caller asked for do not come through here: they stay whole.
 */
import { isCardLong, isCardNumber } from './redact/cards.ts';
import { findSecrets } from './redact/find.ts';
import { isCardName, isHarmless, classifyName, type NameClass } from './redact/names.ts';
import { MARK, maskSpans, wholeCharacters, type SpanKind } from './redact/span.ts';

export { MARK, type SpanKind };

/** Characters beyond a cut that are looked at: what begins before the cut is known as a secret by what stands behind it. */
const BEYOND = 4096;
/** Characters of a name that are shown at most. */
const LONGEST_NAME = 300;
const CUT = '...';

/**
 * The text without credentials, card numbers and e-mail addresses, and of a longer one its first `most` characters.
 * `known`: secrets that this instance holds. It is cut before it is read, so that no text takes longer than its part.
 */
export function redact(text: string, cached: Iterable<string> = [], max = Infinity): string {
  return new Redactor({ knownSecrets: cached, maxLength: max }).text(text);
}

/** The value with every secret in it redacted: by the names of its fields, however deep, and by what its texts hold. */
export function redactValue(value: unknown, cached: Iterable<string> = [], max = Infinity): unknown {
  return new Redactor({ knownSecrets: cached, maxLength: max }).value(value);
}

/** The value without the secrets of these kinds alone. */
export function redactKinds(value: unknown, kinds: ReadonlySet<SpanKind>): unknown {
  return new Redactor({ kinds }).value(value);
}

/** Whether something holds what must be kept nowhere: credentials or card data. An e-mail address may be kept. */
export function carriesSecret(value: unknown): boolean {
  const redactor = new Redactor({});
  redactor.value(value);
  return [...redactor.found].some((kind) => kind !== 'mail');
}

/** Whether a part of a text is a secret or holds one, by what stands around it too. */
export function isSecretAt(text: string, from: number, to: number): boolean {
  return findSecrets(text, []).some((span) => span.from < to && span.to > from);
}

/** The first `most` characters of a text that was redacted. */
export function cut(text: string, max: number): string {
  return text.slice(0, wholeCharacters(text, max));
}

/** What the names around a value say: of itself, and whether it is a part of a card. */
interface Place {
  readonly says: NameClass;
  readonly inCard: boolean;
}
const ANYWHERE: Place = { says: 'nothing', inCard: false };

/** Names whose values are never shown. */
const SECRET: ReadonlySet<NameClass> = new Set(['secret', 'code', 'line', 'mail']);
/** Names beside which a `number` is the number of a card. */
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
    const read = text.length <= max ? text : text.slice(0, max + BEYOND);
    const spans = findSecrets(read, this.#known).filter(
      ({ kind }) => this.#kinds.has(kind) && !(kind === 'card' && says === 'id'),
    );
    for (const { kind } of spans) this.found.add(kind);
    const shown = maskSpans(read, spans, Math.min(max, text.length));
    return text.length <= max ? shown : `${shown}${CUT}`;
  }

  value(value: unknown, place: Place = ANYWHERE): unknown {
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

  #within(value: object, place: Place): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item, place));
    const fields = Object.entries(value);
    const besideCard = fields.some(([name]) => CARD_DATA.has(classifyName(name)));
    const entries = fields.map(([name, inner]) => {
      const within = typeof inner === 'object';
      const inCard = place.inCard || isCardName(name) || (besideCard && !within);
      return [this.text(name, 'nothing', LONGEST_NAME), this.value(inner, { says: this.#nameOf(name, value), inCard })];
    });
    return Object.fromEntries(entries) as unknown;
  }

  /** Of `{name: 'cookie', value: ...}` the name is what stands beside the value. */
  #nameOf(name: string, fields: object): NameClass {
    const beside: unknown =
      name !== 'value' ? name : 'name' in fields ? fields.name : 'key' in fields ? fields.key : name;
    return classifyName(typeof beside === 'string' ? beside : name);
  }

  #isSecret(text: string, { says, inCard }: Place): boolean {
    const isNumber = says === 'number' && (inCard || isCardLong(text));
    if (!(isNumber || SECRET.has(says)) || isHarmless(text)) return false;
    return this.#finds(says === 'mail' ? 'mail' : 'named');
  }

  #isCard(value: number | bigint, { says }: Place): boolean {
    return says !== 'id' && isCardNumber(value) && this.#finds('card');
  }

  #finds(kind: SpanKind): boolean {
    if (this.#kinds.has(kind)) this.found.add(kind);
    return this.#kinds.has(kind);
  }
}
