/** Finds the secrets that this instance holds by their value, in every encoding in which they are sent. */
import type { Span } from './span.ts';

/** Shorter secrets would match half of every text. */
const MIN_SECRET_LENGTH = 4;
/** Shorter base64 is not searched for. */
const MIN_CORE_LENGTH = 8;
const BASE64 = /[A-Za-z0-9+/=_-]/;

/** Finds the given secrets in a text, in any encoding. */
export function knownSecretSpans(text: string, cached: Iterable<string>): Span[] {
  const spans: Span[] = [];
  for (const secret of cached) {
    const { plain, cores } = formsOf(secret);
    for (const form of plain)
      for (const from of places(text, form)) spans.push({ from, to: from + form.length, kind: 'known' });
    for (const core of cores) {
      let read = 0;
      for (const from of places(text, core)) {
        if (from < read) continue;
        const span = spansAround(text, from, from + core.length, read);
        spans.push(span);
        read = span.to;
      }
    }
  }
  return spans;
}

/** Extends the match to the surrounding base64, which encodes what is next to the secret: a user name, a colon. */
function spansAround(text: string, from: number, to: number, least: number): Span {
  let [begin, end] = [from, to];
  while (begin > least && BASE64.test(text.charAt(begin - 1))) begin -= 1;
  while (end < text.length && BASE64.test(text.charAt(end))) end += 1;
  return { from: begin, to: end, kind: 'known' };
}

function places(text: string, form: string): readonly number[] {
  let at = text.indexOf(form);
  if (at < 0) return NOWHERE;
  const all = [];
  for (; at >= 0; at = text.indexOf(form, at + form.length)) all.push(at);
  return all;
}
const NOWHERE: readonly number[] = [];

interface Forms {
  readonly plain: readonly string[];
  readonly cores: readonly string[];
}

function formsOf(secret: string): Forms {
  const encodings = FORMS.get(secret);
  if (encodings !== undefined) return encodings;
  const forms = secret.length < MIN_SECRET_LENGTH ? { plain: [], cores: [] } : everyForm(secret);
  FORMS.set(secret, forms);
  return forms;
}
/** Only for secrets that are held anyway. A rotation adds one entry. */
const FORMS = new Map<string, Forms>();

function everyForm(secret: string): Forms {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64');
  const plain = [secret, encodeURIComponent(secret), inJson, JSON.stringify(inJson).slice(1, -1), base64];
  return { plain: [...new Set(plain)], cores: [...new Set(coresOf(secret))] };
}

/**
 * Returns the parts of the secret's base64 that do not depend on its position: after 0, 1 or 2 bytes of a group of 3.
 */
function coresOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const rest = whole.length % 3;
    const from = before === 0 ? 0 : 4;
    const core = whole
      .subarray(0, whole.length - rest)
      .toString('base64')
      .slice(from);
    return core.length < MIN_CORE_LENGTH ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
