/** The redaction with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const REDACT = 'shared/redact.ts';
const PROPERTIES = 'test/property/redaction.property.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'fields are not known by their names': {
    file: REDACT,
    right: 'isSecretName(name) && isScalar(value)',
    wrong: 'false',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'card numbers are not known': {
    file: REDACT,
    right: '(isCard(digits) ? MARK : digits)',
    wrong: 'digits',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'every long number is a card': {
    file: REDACT,
    right: 'return sum % 10 === 0;',
    wrong: 'return true;',
    test: PROPERTIES,
    named: 'clean fields stay',
  },
  'an e-mail address in a URL is let through': {
    file: REDACT,
    right: '(?:@|%40)',
    wrong: '@',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'the user of a URL is let through': {
    file: REDACT,
    right: '[/(\\/\\/)[^/\\s@"\']+:[^/\\s@"\']*@/g, `$1${MARK}@`],',
    wrong: '',
    test: PROPERTIES,
    named: '2,000 planted',
  },
  'what we hold is known as it is alone': {
    file: REDACT,
    right: 'return [...new Set(forms)];',
    wrong: 'return forms.slice(0, 1);',
    test: PROPERTIES,
    named: 'a secret that we hold',
  },
  'an error says what it was told': {
    file: 'shared/errors.ts',
    right: 'message: redact(error.message), details }',
    wrong: 'message: error.message, details }',
    test: PROPERTIES,
    named: 'none reaches an error answer',
  },
};

seesEach(MUTANTS);
