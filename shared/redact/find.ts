/** Finds every secret of a text. The time is linear: each finder reads each character a bounded number of times. */
import { emailSpans, userinfoSpans } from './addresses.ts';
import { cardSpans } from './cards.ts';
import { knownSecretSpans } from './known.ts';
import { pairSpans } from './pairs.ts';
import { patternSpans } from './showing.ts';
import { MARK, type Span } from './span.ts';
import { asWritten, unescaped, type TextView } from './view.ts';

/** Finds every secret in a text. `cached` are secrets that this instance holds. Spans may overlap. */
export function findSecrets(text: string, cached: Iterable<string>): Span[] {
  const spans = knownSecretSpans(text, cached);
  addSpans(spans, asWritten(text));
  const plain = unescaped(text);
  if (plain !== undefined) addSpans(spans, plain);
  return spans.filter(({ from, to }) => text.slice(from, to) !== MARK);
}

/** Adds the spans of a view at their positions in the original text. */
function addSpans(spans: Span[], view: TextView): void {
  const { spans: named, ids } = pairSpans(view);
  for (const group of [named, patternSpans(view), emailSpans(view), userinfoSpans(view), outside(cardSpans(view), ids)])
    for (const span of group) spans.push({ ...span, from: view.origin(span.from), to: view.origin(span.to) });
}

/** Returns the spans outside all ids. Both lists are in text order. */
function outside(numbers: readonly Span[], ids: readonly Pick<Span, 'from' | 'to'>[]): readonly Span[] {
  let next = 0;
  return numbers.filter((span) => {
    while ((ids[next]?.to ?? Infinity) < span.to) next += 1;
    return (ids[next]?.from ?? Infinity) > span.from;
  });
}
