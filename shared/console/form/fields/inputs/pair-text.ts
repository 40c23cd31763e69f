import { jsonOrUndefined } from '../../../format/json-or-undefined.ts';

export type KeyValue = readonly [key: string, value: string];

/**
 * The pairs of a pasted text: lines such as `tier=gold` or `tier: gold`, or one JSON object. Undefined for any other
 * text.
 */
export function pairsOfText(text: string): readonly KeyValue[] | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return pairsOfJson(trimmed);
  const pairs = trimmed.split('\n').map(pairOfLine);
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

function pairOfLine(line: string): KeyValue | undefined {
  const keyLength = line.search(/[=:]/);
  const key = line.slice(0, Math.max(0, keyLength)).trim();
  return key === '' ? undefined : [key, line.slice(keyLength + 1).trim()];
}

function pairsOfJson(text: string): readonly KeyValue[] | undefined {
  const object = jsonOrUndefined(text);
  if (typeof object !== 'object' || object === null) return undefined;
  return Object.entries(object).map(([key, value]): KeyValue => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}
