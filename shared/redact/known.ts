/** Finds the secrets of this instance by their values: unchanged, percent-encoded, escaped in JSON, and in base64. */
import type { Span } from './span.ts';

/** Minimum length of a secret that is searched for. A shorter secret would match by chance in many texts. */
const MIN_SECRET_LENGTH = 4;
/** Minimum length of a part of base64 that is searched for. A shorter part would match by chance. */
const MIN_CORE_LENGTH = 8;
const BASE64 = /[A-Za-z0-9+/=_-]/;

/** Returns the spans of the secrets `knownSecrets` in a text, in each of these encodings. */
export function knownSecretSpans(text: string, knownSecrets: Iterable<string>): Span[] {
  const spans: Span[] = [];
  for (const secret of knownSecrets) {
    const { plain, cores } = cachedForms(secret);
    for (const form of plain)
      for (const from of positionsOf(text, form)) spans.push({ from, to: from + form.length, kind: 'known' });
    for (const core of cores) {
      let searchedTo = 0;
      for (const from of positionsOf(text, core)) {
        if (from < searchedTo) continue;
        const span = spanAround(text, from, from + core.length, searchedTo);
        spans.push(span);
        searchedTo = span.to;
      }
    }
  }
  return spans;
}

/** Extends a match to the whole base64 text, which may also encode a user name and a colon before the secret. */
function spanAround(text: string, from: number, to: number, searchedTo: number): Span {
  let [start, end] = [from, to];
  while (start > searchedTo && BASE64.test(text.charAt(start - 1))) start -= 1;
  while (end < text.length && BASE64.test(text.charAt(end))) end += 1;
  return { from: start, to: end, kind: 'known' };
}

function positionsOf(text: string, form: string): readonly number[] {
  let at = text.indexOf(form);
  if (at < 0) return NO_POSITIONS;
  const all = [];
  for (; at >= 0; at = text.indexOf(form, at + form.length)) all.push(at);
  return all;
}
const NO_POSITIONS: readonly number[] = [];

/** How a secret can appear in a text. */
interface SecretForms {
  /** Its complete encodings. */
  readonly plain: readonly string[];
  /**
   * Parts of the secret's base64 that do not depend on the text around the secret. The base64 of any text with the
   * secret contains one of these parts.
   */
  readonly cores: readonly string[];
}

function cachedForms(secret: string): SecretForms {
  const existing = FORMS_BY_SECRET.get(secret);
  if (existing !== undefined) return existing;
  const forms = secret.length < MIN_SECRET_LENGTH ? { plain: [], cores: [] } : encodingsOf(secret);
  FORMS_BY_SECRET.set(secret, forms);
  return forms;
}
/**
 * The forms of each secret. The map needs no limit, because this instance has few secrets and gets a new one only if a
 * secret is created or rotated.
 */
const FORMS_BY_SECRET = new Map<string, SecretForms>();

function encodingsOf(secret: string): SecretForms {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64');
  const plain = [secret, encodeURIComponent(secret), inJson, JSON.stringify(inJson).slice(1, -1), base64];
  return { plain: [...new Set(plain)], cores: [...new Set(coresOf(secret))] };
}

/**
 * Returns the parts of the secret's base64 that do not depend on the text around the secret. Base64 encodes groups of 3
 * bytes, so there is one part for a secret that starts after 0, 1 or 2 bytes of a group.
 */
function coresOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const surplus = padded.length % 3;
    const from = before === 0 ? 0 : 4;
    const core = padded
      .subarray(0, padded.length - surplus)
      .toString('base64')
      .slice(from);
    return core.length < MIN_CORE_LENGTH ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
