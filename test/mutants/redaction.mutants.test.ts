/** The redaction with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const PROPERTIES = 'test/property/redaction.property.test.ts';
const FORMS = 'test/regression/redaction-forms.test.ts';
const READABLE = 'test/regression/redaction-readable.test.ts';
const PLACES = 'test/property/redaction-places.property.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'fields are not known by their names': {
    file: 'shared/redact.ts',
    right: 'if (!(isNumber || SECRET.has(nameClass)) || isHarmless(text)) return false;',
    wrong: 'if (!isNumber || isHarmless(text)) return false;',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'a number next to other card data is not redacted': {
    file: 'shared/redact.ts',
    right: '(inCard || startsWithCardLength(text))',
    wrong: 'startsWithCardLength(text)',
    test: FORMS,
    named: 'classifies an object',
  },
  'names in texts are not known': {
    file: 'shared/redact/find.ts',
    right: 'for (const group of [namedSpans, patternSpans(view)',
    wrong: 'for (const group of [patternSpans(view)',
    test: PLACES,
    named: 'planted secrets in every place',
  },
  'escapes are not undone': {
    file: 'shared/redact/find.ts',
    right: 'if (decoded !== undefined) addSpans(spans, decoded);',
    wrong: '',
    test: FORMS,
    named: 'recognizes a secret by its form',
  },
  'an escaped sign ends a value': {
    file: 'shared/redact/pairs.ts',
    right: 'const escaped = !view.verbatim(separator);',
    wrong: 'const escaped = true;',
    test: FORMS,
    named: 'recognizes a secret by its name',
  },
  'a quote behind backslashes ends a value': {
    file: 'shared/redact/pairs.ts',
    right: 'backslashes % (2 * slashes + 2) === slashes',
    wrong: 'backslashes >= slashes',
    test: FORMS,
    named: 'recognizes a secret by its name',
  },
  'card numbers are not known': {
    file: 'shared/redact/cards.ts',
    right: 'return sum % 10 === 0;',
    wrong: 'return false;',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'every long number is a card': {
    file: 'shared/redact/cards.ts',
    right: 'return sum % 10 === 0;',
    wrong: 'return true;',
    test: READABLE,
    named: 'ids, times, amounts',
  },
  'a time is a card': {
    file: 'shared/redact/cards.ts',
    right: '!TIME.test(digits) && passesLuhnCheck(digits);',
    wrong: 'passesLuhnCheck(digits);',
    test: READABLE,
    named: 'ids, times, amounts',
  },
  'an address of another script is let through': {
    file: 'shared/redact/addresses.ts',
    right: '/[\\p{L}\\p{M}\\p{N}.!#$%*+^_`~-]/u',
    wrong: '/[A-Za-z0-9.!#$%*+^_`~-]/u',
    test: FORMS,
    named: 'recognizes a secret by its form',
  },
  'the user of a URL is let through': {
    file: 'shared/redact/addresses.ts',
    right: 'if (at > 0) spans.push',
    wrong: 'if (at > Infinity) spans.push',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'what we hold is known as it is alone': {
    file: 'shared/redact/known.ts',
    right: 'plain: [...new Set(plain)], cores: [...new Set(coresOf(secret))]',
    wrong: 'plain: [secret], cores: []',
    test: PROPERTIES,
    named: 'recognizes a held secret',
  },
  'a secret is cut in two': {
    file: 'shared/redact.ts',
    right: 'text.slice(0, max + REDACTION_MARGIN)',
    wrong: 'text.slice(0, max)',
    test: READABLE,
    named: 'truncates a text',
  },
  'a dead letter is kept whatever its names say': {
    file: 'shared/automation/dead-letter.ts',
    right: 'return carriesSecret([readable ? payload : data, attributes, { orderingKey }])',
    wrong: 'return false',
    test: PLACES,
    named: 'planted secrets in every place',
  },
  "Stripe's words are kept as they are": {
    file: 'shared/stripe/errors.ts',
    right: 'redactValue(failure.stripeError, [], MAX_TEXT_LENGTH) as StripeErrorInfo',
    wrong: 'failure.stripeError',
    test: PLACES,
    named: 'planted secrets in every place',
  },
  'metadata is kept whatever its names say': {
    file: 'shared/stripe/sensitive-fields.ts',
    right: "key === 'metadata' ? redactKinds(value, NEVER_STORED) : strip(value)",
    wrong: 'strip(value)',
    test: PLACES,
    named: 'planted secrets in every place',
  },
  'an error repeats its input unredacted': {
    file: 'shared/errors.ts',
    right: 'message: redact(error.message), details }',
    wrong: 'message: error.message, details }',
    test: PROPERTIES,
    named: 'none reaches an error response',
  },
};

seesEach(MUTANTS);
