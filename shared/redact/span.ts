/** The text that replaces a secret. */
export const MARK = '[redacted]';

/**
 * How a secret was recognized: `credential` by its format, `named` by the name or the Authorization scheme before it,
 * `card` by its digits, `known` because this instance holds it, `mail` as an e-mail address, which is not a credential.
 */
export type SpanKind = 'credential' | 'named' | 'card' | 'known' | 'mail';

/** A part of a text that must be masked. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: SpanKind;
  /** Quote to put around the mark if it replaces a JSON number. */
  readonly quote?: string;
}

/** Replaces each span by the mark in the first `max` characters of the text. Spans may overlap. */
export function maskSpans(text: string, spans: readonly Span[], max: number): string {
  if (spans.length === 0) return text.slice(0, cutLength(text, max));
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, quote = '' } of mergeSpans(spans)) {
    if (from >= max) break;
    parts.push(text.slice(at, from), `${quote}${MARK}${quote}`);
    at = to;
  }
  if (at < max) parts.push(text.slice(at, cutLength(text, max)));
  return parts.join('');
}

/**
 * Returns the length to which a text is cut: `max`, or one less if a cut at `max` would split a surrogate pair. JSON
 * parsers may reject a lone surrogate.
 */
export function cutLength(text: string, max: number): number {
  const last = text.charCodeAt(max - 1);
  return max < text.length && last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = merged.at(-1);
    if (last === undefined || span.from >= last.to) merged.push(span);
    else if (span.to > last.to) merged[merged.length - 1] = { ...last, to: span.to };
  }
  return merged;
}
