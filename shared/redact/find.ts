/** Finds every secret in a text. Each finder reads each character a bounded number of times, so the time is linear. */
import { emailSpans, userinfoSpans } from './addresses.ts';
import { cardSpans } from './cards.ts';
import { knownSecretSpans } from './known.ts';
import { pairSpans } from './pairs.ts';
import { patternSpans } from './secret-formats.ts';
import { MARK, type Span } from './span.ts';
import { rawView, decodedView, type TextView } from './view.ts';

/** Returns the spans of every secret in a text. `knownSecrets` are the secrets of this instance. Spans may overlap. */
export function findSecrets(text: string, knownSecrets: Iterable<string>): Span[] {
  const spans = knownSecretSpans(text, knownSecrets);
  addSpans(spans, rawView(text));
  const decoded = decodedView(text);
  if (decoded !== undefined) addSpans(spans, decoded);
  return spans.filter(({ from, to }) => text.slice(from, to) !== MARK);
}

/** Adds the spans of a view at their positions in the original text. */
function addSpans(spans: Span[], view: TextView): void {
  const { spans: namedSpans, ids } = pairSpans(view);
  const cards = outsideIds(cardSpans(view), ids);
  for (const group of [namedSpans, patternSpans(view), emailSpans(view), userinfoSpans(view), cards])
    for (const span of group) spans.push({ ...span, from: view.origin(span.from), to: view.origin(span.to) });
}

/** Returns the card numbers that are not part of an id. Both lists are in text order. */
function outsideIds(cards: readonly Span[], ids: readonly Pick<Span, 'from' | 'to'>[]): readonly Span[] {
  let next = 0;
  return cards.filter((span) => {
    while ((ids[next]?.to ?? Infinity) < span.to) next += 1;
    return (ids[next]?.from ?? Infinity) > span.from;
  });
}
