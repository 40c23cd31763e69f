import { isObject } from '../../is-object.ts';
import { UsageError } from '../io/exit.ts';

export interface ParsedInputs {
  /** Words without an equals sign. */
  readonly ids: readonly string[];
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Reads `Name=text`, `Name:=json` and `Address.city=Lyon`. Texts stay texts, because the connector reads numbers and
 * booleans from them. Throws UsageError for an input that occurs twice.
 */
export function parseInputs(words: readonly string[]): ParsedInputs {
  const ids: string[] = [];
  const payload: Record<string, unknown> = {};
  for (const word of words) {
    const [, name, operator, text = ''] = /^([A-Za-z][\w.-]*)(:?=)([^]*)$/.exec(word) ?? [];
    if (name === undefined) ids.push(word);
    else setAt(payload, name.split('.'), operator === '=' ? text : jsonValue(word, text), name);
  }
  return { ids, payload };
}

function jsonValue(word: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${word}: the text after := is not valid JSON; use = for a text`);
  }
}

function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown, name: string): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    if (Object.hasOwn(target, key)) throw new UsageError(`${name} is given twice`);
    defineInput(target, key, value);
    return;
  }
  if (!Object.hasOwn(target, key)) defineInput(target, key, {});
  const inner = target[key];
  if (!isObject(inner)) throw new UsageError(`${name}: ${key} has a value already`);
  setAt(inner, rest, value, name);
}

/** Sets a property, also if its name is `__proto__`, which an assignment would treat differently. */
function defineInput(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
