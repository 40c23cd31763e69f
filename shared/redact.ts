/**
 * What must not stand in a log, an error answer or a dead letter, by its pattern, by its name, and by its value where we
 * know it. Rows that a caller asked for do not come through here: they stay whole.
 */
const MARK = '[redacted]';

/** Keys, signing secrets, client secrets: by how Stripe writes them, behind a letter of a URL (`%20`) too. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/(?:\b|(?<=%[0-9a-f]{2}))(sk|rk|pk)_(test|live)_[A-Za-z0-9*_]+/gi, `$1_$2_${MARK}`],
  [/(?:\b|(?<=%[0-9a-f]{2}))whsec_[A-Za-z0-9+/=_-]+/gi, `whsec_${MARK}`],
  [/_secret_[A-Za-z0-9]+/gi, `_secret_${MARK}`],
];
/** Values behind a name or a scheme: in JSON text, in a form, in a head, in a URL. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w+/=.~*-]{4,}/gi, `$1 ${MARK}`],
  [/\bDigest\s+\w+\s*=.*/gi, `Digest ${MARK}`],
  [/(\/\/)[^/\s@"']+:[^/\s@"']*@/g, `$1${MARK}@`],
  [
    /(\b(?:\w*client_?secret|secret|cvc|cvv|\w*password|api_?key|(?:proxy-)?authorization)\\?["'\]]{0,2}\s*[:=]\s*)(\\?"(?:[^"\\]|\\.)*"|'[^']*'|[^\s&,;}\])"'[]+)/gi,
    `$1"${MARK}"`,
  ],
];
/** Digits of a card number at least. ISO/IEC 7812-1 */
const SHORTEST_CARD = 13;
const CARD = /(?<![\w.])\d(?:(?:[ +-]|%20)?\d){12,18}(?![\w])/g;
// From the beginning of a word alone: a long one would be read again from each of its letters.
const EMAIL = /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g;

/** Names whose values are secret whatever they look like, without case and marks: `Proxy-Password`, `client_secret`, `receiptEmail`. */
const SECRET_NAMES =
  /^(.*clientsecret|.*secret|cvc|cvv|.*password|.*apikey|.*authorization|.*email|stripesignature|cardnumber)$/;

/** Names of ids of ours and of Pub/Sub's, which are numbers that one time in ten look like a card's. */
const ID_NAMES: ReadonlySet<string> = new Set(['operationid', 'messageid']);

/** The text without credentials, card numbers and e-mail addresses. `known`: secrets that we hold, whatever they look like. */
export function redact(text: string, known: Iterable<string> = []): string {
  return withoutCards(redactId(text, known));
}

/** The same of an id: but for card numbers. */
function redactId(text: string, known: Iterable<string>): string {
  let clean = text;
  for (const secret of known)
    for (const form of formsOf(secret)) if (clean.includes(form)) clean = clean.replaceAll(form, MARK);
  if (isPlain(clean)) return clean;
  for (const [pattern, mark] of [...CREDENTIALS, ...NAMED]) clean = clean.replace(pattern, mark);
  return clean.replace(EMAIL, MARK);
}

/** Most texts: of the signs and words that the patterns cannot do without there is none. One look in place of nine. */
function isPlain(text: string): boolean {
  return !HINT.test(text);
}
const HINT = /[@%]|[srp]k_(?:test|live)_|whsec_|secret|cvc|cvv|password|api_?key|authorization|bearer|basic|digest/i;

function withoutCards(text: string): string {
  if (text.length < SHORTEST_CARD) return text;
  return text.replace(CARD, (digits) => (isCard(digits) ? MARK : digits));
}

/** The value with every secret in it redacted: by the names of its fields, however deep, and by what its texts hold. */
export function redactValue(value: unknown, known: Iterable<string> = []): unknown {
  if (typeof value === 'string') return redact(value, known);
  if (typeof value === 'number') return redact(String(value), known) === String(value) ? value : MARK;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, known));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [redact(name, known), redactField(name, inner, known)]);
  return Object.fromEntries(entries) as unknown;
}

/**
 * The line's JSON where nothing in its fields or its message is to be redacted, told by one look at the whole: most lines
 * of a log are spared a look at each field. Undefined where that look is needed.
 */
export function cleanJson(
  fields: Readonly<Record<string, unknown>>,
  line: Readonly<Record<string, unknown>>,
  known: Iterable<string> = [],
): string | undefined {
  for (const name in fields) {
    const value = fields[name];
    if ((typeof value === 'object' && value !== null) || isSecretName(name)) return undefined;
  }
  const json = JSON.stringify(line);
  // Without escapes each name and value stands in the text as it is, between signs that are no part of a word.
  return json.includes('\\') || !isPlain(json) || redact(json, known) !== json ? undefined : json;
}

function redactField(name: string, value: unknown, known: Iterable<string>): unknown {
  if (isSecretName(name) && isScalar(value)) return MARK;
  return isIdName(name) && typeof value === 'string' ? redactId(value, known) : redactValue(value, known);
}

/** Whether something holds what must be kept nowhere: credentials or card numbers. */
export function carriesSecret(value: unknown): boolean {
  if (typeof value === 'string') return carriesCredential(value) || withoutCards(value) !== value;
  if (typeof value === 'number') return withoutCards(String(value)) !== String(value);
  if (Array.isArray(value)) return value.some(carriesSecret);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) =>
    isIdName(name) && typeof inner === 'string'
      ? carriesCredential(inner)
      : carriesSecret(name) || carriesSecret(inner),
  );
}

function carriesCredential(text: string): boolean {
  return CREDENTIALS.some(([pattern]) => text.search(pattern) >= 0);
}

function isIdName(name: string): boolean {
  return ID_NAMES.has(name.toLowerCase());
}

function isSecretName(name: string): boolean {
  const known = NAMES_SEEN.get(name);
  if (known !== undefined) return known;
  const secret = SECRET_NAMES.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (NAMES_SEEN.size < MOST_NAMES) NAMES_SEEN.set(name, secret);
  return secret;
}
const NAMES_SEEN = new Map<string, boolean>();
const MOST_NAMES = 1000;

/** Null and absent tell nothing, and true or false is no secret. */
function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** As it is, in a URL, in JSON text, in Basic credentials. Short ones would meet half of every text. */
function formsOf(secret: string): readonly string[] {
  const known = FORMS.get(secret);
  if (known !== undefined) return known;
  const forms = secret.length < 4 ? [] : everyForm(secret);
  FORMS.set(secret, forms);
  return forms;
}
/** Secrets that are held anyway: a rotation adds one. */
const FORMS = new Map<string, readonly string[]>();

function everyForm(secret: string): string[] {
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
  return [...new Set(forms)];
}

/** Luhn's check: the last digit of a card number is told from the others. ISO/IEC 7812-1 */
function isCard(digits: string): boolean {
  const reversed = (digits.replaceAll('%20', '').match(/\d/g) ?? []).reverse().map(Number);
  if (reversed.length < SHORTEST_CARD) return false;
  const sum = reversed.reduce((total, digit, index) => {
    if (index % 2 === 0) return total + digit;
    return total + (digit > 4 ? digit * 2 - 9 : digit * 2);
  }, 0);
  return sum % 10 === 0;
}
