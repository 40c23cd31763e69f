/** Every secret of a text. The work grows with its length: each finder reads each character a bounded number of times. */
import { mails, users } from './addresses.ts';
import { cards } from './cards.ts';
import { held } from './known.ts';
import { pairs } from './pairs.ts';
import { showing } from './showing.ts';
import { MARK, type Span } from './span.ts';
import { asWritten, unescaped, type View } from './view.ts';

export function secretsIn(text: string, known: Iterable<string>): Span[] {
  const spans = held(text, known);
  add(spans, asWritten(text));
  const plain = unescaped(text);
  if (plain !== undefined) add(spans, plain);
  return spans.filter(({ from, to }) => text.slice(from, to) !== MARK);
}

/** What is found in a view, where it stands in the original. */
function add(spans: Span[], view: View): void {
  const { spans: named, ids } = pairs(view);
  for (const found of [named, showing(view), mails(view), users(view), outside(cards(view), ids)])
    for (const span of found) spans.push({ ...span, from: view.origin(span.from), to: view.origin(span.to) });
}

/** Those that stand in none of the ids. Both come in the order of the text. */
function outside(numbers: readonly Span[], ids: readonly Pick<Span, 'from' | 'to'>[]): readonly Span[] {
  let next = 0;
  return numbers.filter((span) => {
    while ((ids[next]?.to ?? Infinity) < span.to) next += 1;
    return (ids[next]?.from ?? Infinity) > span.from;
  });
}
