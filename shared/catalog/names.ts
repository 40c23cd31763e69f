import type { Field, Fields, Shape } from './shapes.ts';

/** `preferred_locales` -> `PreferredLocales`; `line1` -> `Line1`. */
export function pascal(snake: string): string {
  const known = PASCAL.get(snake);
  if (known !== undefined) return known;
  const made = snake.replace(/(^|_)([a-z0-9])/g, (_, _gap, letter: string) => letter.toUpperCase());
  if (PASCAL.size < MOST_NAMES) PASCAL.set(snake, made);
  return made;
}

/** Every row has the same names. What comes from outside (keys of metadata) cannot fill the memory. */
const PASCAL = new Map<string, string>();
const MOST_NAMES = 5_000;

/** `PaymentIntent` -> `payment_intent`: the way back, where no digit stands alone. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** The fields inside a shape, where it is an object or may be one. */
export function innerFields(shape: Shape): Fields | undefined {
  if (typeof shape === 'string') return undefined;
  if ('object' in shape) return shape.object;
  if ('anyOf' in shape) return shape.anyOf.map(innerFields).find((fields) => fields !== undefined);
  return undefined;
}

export interface Named {
  /** Stripe's names from the outside in: `['address', 'city']`. */
  readonly path: readonly string[];
  readonly field: Field;
}

/** `AddressCity` -> `address.city` of the fields. Whole names win over joined ones. */
export function resolvePascal(name: string, fields: Fields): Named | undefined {
  const entries = Object.entries(fields);
  const whole = entries.find(([key]) => pascal(key) === name);
  if (whole !== undefined) return { path: [whole[0]], field: whole[1] };
  for (const [key, field] of entries) {
    const outer = pascal(key);
    const inner = innerFields(field.type);
    if (inner === undefined || !name.startsWith(outer)) continue;
    const found = resolvePascal(name.slice(outer.length), inner);
    if (found !== undefined) return { path: [key, ...found.path], field: found.field };
  }
  return undefined;
}

/** Every column or input name of the fields: objects joined, everything else a leaf. Names in order, each once. */
export function joinedNames(fields: Fields, outer = '', depth = 0): string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = outer + pascal(key);
    const inner = depth < 8 ? innerFields(field.type) : undefined;
    return inner === undefined ? [name] : [name, ...joinedNames(inner, name, depth + 1)];
  });
}

/** The known name with the least edits, if any is near enough to be what was meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const limit = Math.max(2, Math.floor(name.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = edits(lower, candidate.toLowerCase(), limit);
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name;
}

/** Levenshtein's distance, row by row; gives up with `limit + 1`. */
function edits(a: string, b: string, limit: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    if (Math.min(...row) > limit) return limit + 1;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** `did you mean AddressCity?` or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}
