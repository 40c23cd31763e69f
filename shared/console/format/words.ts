/** The letters and digits of a text in lower case: `paymentintent` for `payment intent` and `PaymentIntent`. */
export function searchKey(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The search keys of a text that a user typed. A path of Stripe's API yields keys of the action, the nested entity and
 * the entity that the path may name: `/v1/payment_intents/pi_1/confirm` yields `confirmpaymentintent`,
 * `paymentintentconfirm` and `paymentintent`.
 */
export function searchKeys(text: string): readonly string[] {
  const trimmed = text.trim();
  if (!/^(https?:\/\/[^/]+)?\/?v[12]\//.test(trimmed)) return [searchKey(trimmed)];
  const [address = ''] = trimmed.split(/[?#]/);
  const segments = address
    .replace(/^.*?v[12]\//, '')
    .split('/')
    .filter(Boolean);
  const names = segments.filter((segment) => !isIdLike(segment) && !segment.startsWith('{'));
  const collection = searchKey(singularWord(names[0] ?? ''));
  const rest = names.slice(1).map(searchKey);
  const verbs = rest.map((verb) => verb + collection);
  const nested = names[1] === undefined ? [] : [collection + searchKey(singularWord(names[1]))];
  return [...verbs, ...nested, collection].filter((key) => key !== '');
}

function singularWord(word: string): string {
  return word
    .replace(/ies$/, 'y')
    .replace(/(x|ch|ss)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}

/**
 * Whether a text looks like an id, such as `cus_9s6XKzkNRiz8i3`: a prefix in lower case, an underscore, then letters
 * and digits, of which at least one is a digit or a capital. API keys and secrets are not ids.
 */
export function isIdLike(text: string): boolean {
  if (/^(sk|rk|pk|whsec)_|_secret_/.test(text)) return false;
  return /^[a-z]{2,12}(_[a-z]{2,10})?_(?=\w*[A-Z0-9])\w{3,}$/.test(text);
}

/** `PaymentIntent` -> `Payment intent`, `payment_method_types` -> `Payment method types` */
export function humanName(name: string): string {
  const spaced = name
    .replace(/\./g, ' ')
    .replace(/_/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .trim();
  return capitalized(spaced);
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `1 row`, `2 rows` */
export function countedNoun(count: number, singularForm: string, pluralForm = `${singularForm}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singularForm : pluralForm}`;
}
