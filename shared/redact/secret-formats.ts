/** Finds secrets that have a format of their own, anywhere in a text. */
import { firstMatch } from './first.ts';
import type { SpanKind, Span } from './span.ts';
import type { TextView } from './view.ts';

interface SecretFormat {
  /**
   * The group `secret` of the pattern is masked. The text before the group is kept and shows which kind of secret was
   * masked.
   */
  readonly pattern: RegExp;
  readonly kind: SpanKind;
}

/**
 * In each pattern, a fixed text precedes every long run of characters, and runs are separated by a character that is in
 * none of them. A search therefore reads each character a bounded number of times.
 * test/unit/project/regular-expressions.test.ts checks that.
 */
const SECRET_FORMATS: readonly SecretFormat[] = [
  // API keys of an account or an organization, and ephemeral keys. https://docs.stripe.com/keys
  {
    pattern: /(?<![a-z0-9])(?:sk|rk|pk|ek)_(?:org_|live_|test_)+(?!org_|live_|test_)(?<secret>[a-z0-9*_]+)/gi,
    kind: 'credential',
  },
  // Signing secrets of webhook endpoints. https://docs.stripe.com/webhooks
  { pattern: /whsec_(?<secret>[a-z0-9+/=_-]+)/gi, kind: 'credential' },
  // Client secrets, such as the one of a PaymentIntent. https://docs.stripe.com/api/payment_intents/object
  { pattern: /_secret_(?<secret>[a-z0-9_-]+)/gi, kind: 'credential' },
  // Connection tokens of card readers. https://docs.stripe.com/api/terminal/connection_tokens
  { pattern: /(?<![a-z0-9_])pst_(?<secret>[a-z0-9_]+)/gi, kind: 'credential' },
  // Basic credentials with a Stripe key. They begin with the base64 of sk_test_, rk_live_ and so on. RFC 7617
  { pattern: /(?<secret>(?:c2tf|cmtf|cGtf)(?:bGl2ZV|dGVzdF|b3JnX)[A-Za-z0-9+/=_-]+)/g, kind: 'credential' },
  // Access and refresh tokens, API keys and client secrets of Google. https://cloud.google.com/docs/authentication/token-types
  {
    pattern: /(?<![A-Za-z0-9])(?<secret>ya29\.[\w.-]+|AIza[\w-]{20,}|GOCSPX-[\w-]+|1\/\/0[\w-]{20,})/g,
    kind: 'credential',
  },
  // A JWT: two objects of JSON in base64, and a signature. RFC 7519
  { pattern: /(?<![\w-])(?<secret>eyJ[\w-]+\.eyJ[\w-]+(?:\.[\w-]*)?)/g, kind: 'credential' },
  // An encrypted JWT: one JSON object in base64, and four parts that are not JSON. RFC 7516
  { pattern: /(?<![\w-])(?<secret>eyJ[\w-]+(?:\.[\w-]*){4})/g, kind: 'credential' },
  // Credentials after an Authorization scheme, but not the words of a sentence. RFC 6750, RFC 7617
  {
    pattern:
      /\b(?:bearer|basic)[ \t+]{1,20}(?!(?:auth|authentication|authorization|credentials?|tokens?|plan|plans|tier|account|price|product|subscription)\b(?![+/=~*]))(?<secret>[\w+/=.~*-]{4,})/gi,
    kind: 'named',
  },
  // Digest credentials: names and values up to the end of the line. RFC 7616
  { pattern: /\bdigest[ \t+]{1,20}\w{1,40}[ \t]{0,20}=(?<secret>[^\r\n]*)/gi, kind: 'named' },
];

/** Returns the spans of the secrets that have a format of their own. */
export function patternSpans({ text }: TextView): Span[] {
  const spans = privateKeySpans(text);
  for (const { pattern, kind } of SECRET_FORMATS) {
    for (let match = firstMatch(pattern, text); match !== null; match = pattern.exec(text)) {
      const to = match.index + match[0].length;
      spans.push({ from: to - (match.groups?.['secret'] ?? '').length, to, kind });
    }
  }
  return spans;
}

const KEY_BEGIN = /-----BEGIN[ +](?:[A-Z0-9]{1,20}[ +]){0,4}PRIVATE[ +]KEY/g;
const KEY_END = /-----END[ +](?:[A-Z0-9]{1,20}[ +]){0,4}PRIVATE[ +]KEY[A-Z +]{0,10}-----/g;

/** Returns the spans of PEM private keys: from the first line to the last, or to the end of the text. RFC 7468 */
function privateKeySpans(text: string): Span[] {
  const spans: Span[] = [];
  for (let match = firstMatch(KEY_BEGIN, text); match !== null; match = KEY_BEGIN.exec(text)) {
    KEY_END.lastIndex = KEY_BEGIN.lastIndex;
    const to = KEY_END.exec(text) === null ? text.length : KEY_END.lastIndex;
    spans.push({ from: match.index, to, kind: 'credential' });
    KEY_BEGIN.lastIndex = to;
  }
  return spans;
}
