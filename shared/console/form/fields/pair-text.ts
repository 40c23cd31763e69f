export type KeyValue = readonly [key: string, value: string];

/**
 * The pairs of a pasted text: lines such as `tier=gold` or `tier: gold`, or one JSON object. Undefined if it is neither.
 */
export function pairsOfText(text: string): readonly KeyValue[] | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return pairsOfJson(trimmed);
  const lines = trimmed.split('\n').map((line) => /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line.trim()));
  return lines.every((line) => line !== null)
    ? lines.map(([, key = '', value = '']): KeyValue => [key, value])
    : undefined;
}

function pairsOfJson(text: string): readonly KeyValue[] | undefined {
  try {
    return Object.entries(JSON.parse(text) as object).map(([key, value]): KeyValue => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
  } catch {
    return undefined;
  }
}
