import { MAX_DEPTH, MAX_VIOLATIONS } from '../bounds.ts';
import { plainDecimal } from './plain-decimal.ts';
import { WrittenNumber } from './written-number.ts';

/**
 * A part of a JSON text that has no exact counterpart in JavaScript: a repeated key, a number that a double cannot
 * hold, or a lone surrogate.
 */
export interface JsonProblem {
  readonly path: readonly (string | number)[];
  readonly description: string;
}

export interface ExactJson {
  readonly value: unknown;
  /** The first problems, at most `MAX_VIOLATIONS`. */
  readonly problems: readonly JsonProblem[];
  /** Number of all problems, including those that `problems` omits. */
  readonly count: number;
  /** The members of the outermost object or array that contain a problem, by name or index. */
  readonly problemMembers: ReadonlySet<string | number>;
}

/**
 * Parses JSON and reports problems that `JSON.parse` hides: it keeps only the last value of a repeated key, rounds a
 * number to a double, and accepts a lone surrogate (https://www.rfc-editor.org/rfc/rfc8259#section-4, sections 6 and
 * 8.2).
 *
 * Returns undefined if the text is not JSON or is nested deeper than `MAX_DEPTH`. A number that JavaScript formats
 * differently from the text (`1.10`) becomes a `WrittenNumber`.
 */
export function parseExactJson(text: string): ExactJson | undefined {
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return { value, problems: reader.problems, count: reader.count, problemMembers: reader.problemMembers };
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/**
 * Returns the error message for a text that is not a JSON object. `what` names the text in the message. If the text is
 * not valid JSON or is nested too deep, the message has the line and the column at which parsing stopped, both counted
 * from 1.
 */
export function invalidJsonMessage(what: string, text: string): string {
  const reader = new Reader(text);
  try {
    reader.document();
    return `${what} must be a JSON object`;
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    const before = text.slice(0, reader.position);
    const column = before.length - before.lastIndexOf('\n');
    return `${what} is not valid JSON at line ${before.split('\n').length}, column ${column}`;
  }
}

class NotJson extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** Characters with a smaller code are control characters, which a JSON string must escape. */
const FIRST_PRINTABLE = 0x20;

class Reader {
  readonly problems: JsonProblem[] = [];
  readonly problemMembers = new Set<string | number>();
  count = 0;
  private readonly path: (string | number)[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  /** Index of the first character that was not read. */
  get position(): number {
    return this.at;
  }

  /** Parses the whole text. */
  document(): unknown {
    const value = this.value();
    if (this.at < this.text.length) throw new NotJson();
    return value;
  }

  /** Parses a value and the white space around it. */
  private value(): unknown {
    this.consume(SPACE);
    const value = this.valueWithoutSpace();
    this.consume(SPACE);
    return value;
  }

  private valueWithoutSpace(): unknown {
    switch (this.text[this.at]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.parseMembers('}', () => {
      const key = this.key();
      this.path.push(key);
      if (Object.hasOwn(object, key)) this.addProblem('is repeated in one object; send it once');
      const value = this.value();
      // An assignment to `__proto__` would set the prototype instead of a property.
      if (key !== '__proto__') object[key] = value;
      else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      this.path.pop();
    });
    return object;
  }

  /** Parses the key of a member and the colon after it. */
  private key(): string {
    this.consume(SPACE);
    if (this.text[this.at] !== '"') throw new NotJson();
    const key = this.string();
    this.consume(SPACE);
    if (this.text[this.at] !== ':') throw new NotJson();
    this.at += 1;
    return key;
  }

  private array(): unknown[] {
    const array: unknown[] = [];
    this.parseMembers(']', () => {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
    });
    return array;
  }

  /** Parses the comma-separated members of an object or array. `parseMember` parses one of them. */
  private parseMembers(end: string, parseMember: () => void): void {
    if (this.path.length >= MAX_DEPTH) throw new NotJson();
    this.at += 1;
    this.consume(SPACE);
    if (this.text[this.at] === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      parseMember();
      const next = this.text[this.at];
      if (next !== end && next !== ',') throw new NotJson();
      this.at += 1;
      if (next === end) return;
    }
  }

  private string(): string {
    const token = this.quoted();
    const value = token.includes('\\') ? unescapeString(token) : token.slice(1, -1);
    if (/\p{Surrogate}/u.test(value)) this.addProblem('has a lone surrogate, which is not a valid character');
    return value;
  }

  /**
   * Reads a string with its quotes. It compares single characters instead of using a regular expression, which would
   * need memory for each character of a large text.
   */
  private quoted(): string {
    const start = this.at;
    for (let at = start + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code < FIRST_PRINTABLE) break;
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) {
        this.at = at + 1;
        return this.text.slice(start, this.at);
      }
    }
    throw new NotJson();
  }

  private number(): number | WrittenNumber {
    const token = this.consume(NUMBER);
    if (token === '') throw new NotJson();
    const number = Number(token);
    if (!isExact(token, number)) this.addProblem('has more digits than a number can hold; send it as a string');
    return String(number) === token ? number : new WrittenNumber(token);
  }

  /** Parses `true`, `false` or `null`. Returns `value`. */
  private literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new NotJson();
    this.at += word.length;
    return value;
  }

  /**
   * Consumes and returns the text that matches a pattern at the current position. Returns an empty text without a
   * match.
   */
  private consume(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const token = pattern.exec(this.text)?.[0] ?? '';
    this.at += token.length;
    return token;
  }

  /** Adds a problem with the value at the current path. */
  private addProblem(description: string): void {
    this.count += 1;
    const [member] = this.path;
    if (member !== undefined) this.problemMembers.add(member);
    if (this.problems.length < MAX_VIOLATIONS) this.problems.push({ path: [...this.path], description });
  }
}

/** Returns the value of a JSON string with escape sequences. Throws if one of them is invalid. */
function unescapeString(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw new NotJson();
  }
}

/**
 * Returns whether `number` has exactly the value that the text of the token has. An integer that is not safe (2^53 or
 * more) counts as inexact, because several integers become the same double.
 */
function isExact(token: string, number: number): boolean {
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) return false;
  return plainDecimal(token) === plainDecimal(String(number));
}

/** Formats a path such as `connectorInputPayload.Items[0].price`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
