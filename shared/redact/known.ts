/** Secrets that this instance holds, found by their value in every form that they are sent in. */
import type { Span } from './span.ts';

/** Characters of a secret at least: shorter ones would meet half of every text. */
const SHORTEST = 4;
/** Characters of base64 that are looked for at least. */
const MIN_CORE_LENGTH = 8;
const BASE64 = /[A-Za-z0-9+/=_-]/;

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
        const span = around(text, from, from + core.length, read);
        spans.push(span);
        read = span.to;
      }
    }
  }
  return spans;
}

/** What stands around it in the same base64 belongs to it: a user before the password, a colon behind the key. */
function around(text: string, from: number, to: number, least: number): Span {
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
  const forms = secret.length < SHORTEST ? { plain: [], cores: [] } : everyForm(secret);
  FORMS.set(secret, forms);
  return forms;
}
/** Of secrets that are held anyway: a rotation adds one. */
const FORMS = new Map<string, Forms>();

function everyForm(secret: string): Forms {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64');
  const plain = [secret, encodeURIComponent(secret), inJson, JSON.stringify(inJson).slice(1, -1), base64];
  return { plain: [...new Set(plain)], cores: [...new Set(coresOf(secret))] };
}

/** The part of its base64 that is the same wherever in a text the secret stands: behind 0, 1 or 2 bytes of a group of 3. */
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
