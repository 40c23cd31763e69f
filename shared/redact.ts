/**
 * What must not stand in a log, an error answer or a dead letter: by its pattern, by its name, and by its value where this
 * instance holds it. Rows that a caller asked for do not come through here: they stay whole.
 */
import { isCardLong, isCardNumber } from './redact/cards.ts';
import { secretsIn } from './redact/find.ts';
import { isCardName, isHarmless, nameSays, type NameSays } from './redact/names.ts';
import { MARK, marked, wholeCharacters, type Kind } from './redact/span.ts';

export { MARK, type Kind };

/** Characters beyond a cut that are looked at: what begins before the cut is known as a secret by what stands behind it. */
const BEYOND = 4096;
/** Characters of a name that are shown at most. */
const LONGEST_NAME = 300;
const CUT = '...';

/**
 * The text without credentials, card numbers and e-mail addresses, and of a longer one its first `most` characters.
 * `known`: secrets that this instance holds. It is cut before it is read, so that no text takes longer than its part.
 */
export function redact(text: string, known: Iterable<string> = [], most = Infinity): string {
  return new Redactor({ known, most }).text(text);
}

/** The value with every secret in it redacted: by the names of its fields, however deep, and by what its texts hold. */
export function redactValue(value: unknown, known: Iterable<string> = [], most = Infinity): unknown {
  return new Redactor({ known, most }).value(value);
}

/** The value without the secrets of these kinds alone. */
export function redactKinds(value: unknown, kinds: ReadonlySet<Kind>): unknown {
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
  return secretsIn(text, []).some((span) => span.from < to && span.to > from);
}

/** The first `most` characters of a text that was redacted. */
export function cut(text: string, most: number): string {
  return text.slice(0, wholeCharacters(text, most));
}

/** What the names around a value say: of itself, and whether it is a part of a card. */
interface Place {
  readonly says: NameSays;
  readonly inCard: boolean;
}
const ANYWHERE: Place = { says: 'nothing', inCard: false };

/** Names whose values are never shown. */
const SECRET: ReadonlySet<NameSays> = new Set(['secret', 'code', 'line', 'mail']);
/** Names beside which a `number` is the number of a card. */
const CARD_DATA: ReadonlySet<NameSays> = new Set(['expiry', 'code']);

interface RedactorOptions {
  readonly known?: Iterable<string>;
  readonly most?: number;
  readonly kinds?: ReadonlySet<Kind>;
}
const EVERY_KIND: ReadonlySet<Kind> = new Set(['credential', 'named', 'card', 'known', 'mail']);

class Redactor {
  readonly found = new Set<Kind>();
  readonly #known: Iterable<string>;
  readonly #most: number;
  readonly #kinds: ReadonlySet<Kind>;

  constructor({ known = [], most = Infinity, kinds = EVERY_KIND }: RedactorOptions) {
    this.#known = known;
    this.#most = most;
    this.#kinds = kinds;
  }

  text(text: string, says: NameSays = 'nothing', most = this.#most): string {
    const read = text.length <= most ? text : text.slice(0, most + BEYOND);
    const spans = secretsIn(read, this.#known).filter(
      ({ kind }) => this.#kinds.has(kind) && !(kind === 'card' && says === 'id'),
    );
    for (const { kind } of spans) this.found.add(kind);
    const shown = marked(read, spans, Math.min(most, text.length));
    return text.length <= most ? shown : `${shown}${CUT}`;
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
    const besideCard = fields.some(([name]) => CARD_DATA.has(nameSays(name)));
    const entries = fields.map(([name, inner]) => {
      const within = typeof inner === 'object';
      const inCard = place.inCard || isCardName(name) || (besideCard && !within);
      return [this.text(name, 'nothing', LONGEST_NAME), this.value(inner, { says: this.#nameOf(name, value), inCard })];
    });
    return Object.fromEntries(entries) as unknown;
  }

  /** Of `{name: 'cookie', value: ...}` the name is what stands beside the value. */
  #nameOf(name: string, fields: object): NameSays {
    const beside: unknown =
      name !== 'value' ? name : 'name' in fields ? fields.name : 'key' in fields ? fields.key : name;
    return nameSays(typeof beside === 'string' ? beside : name);
  }

  #isSecret(text: string, { says, inCard }: Place): boolean {
    const isNumber = says === 'number' && (inCard || isCardLong(text));
    if (!(isNumber || SECRET.has(says)) || isHarmless(text)) return false;
    return this.#finds(says === 'mail' ? 'mail' : 'named');
  }

  #isCard(value: number | bigint, { says }: Place): boolean {
    return says !== 'id' && isCardNumber(value) && this.#finds('card');
  }

  #finds(kind: Kind): boolean {
    if (this.#kinds.has(kind)) this.found.add(kind);
    return this.#kinds.has(kind);
  }
}
