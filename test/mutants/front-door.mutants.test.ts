/** The typed client and the admission to the admin methods with a bug in them. */
import { seesEach, type Mutant } from './planted.ts';

const CLIENT = 'shared/schema/client/runtime.ts';
const RETRIES = 'test/functions/client-retries.test.ts';
const ADMISSION = 'shared/management/admin/admission.ts';
const ADMITTED = 'test/unit/cli/admission.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'each write has the same operation id': {
    file: CLIENT,
    right: 'options.operationId ?? crypto.randomUUID()',
    wrong: "options.operationId ?? 'one'",
    test: RETRIES,
    named: 'two calls have two ids',
  },
  'the operation id of the caller is replaced': {
    file: CLIENT,
    right: 'options.operationId ?? crypto.randomUUID()',
    wrong: 'crypto.randomUUID()',
    test: RETRIES,
    named: 'two calls have two ids',
  },
  'every 503 is repeated': {
    file: CLIENT,
    right: '(response.status === 503 && failure.retryable)',
    wrong: 'response.status === 503',
    test: RETRIES,
    named: '.',
  },
  'Retry-After is treated as milliseconds': {
    file: CLIENT,
    right: 'Number.isFinite(seconds) ? seconds * 1000',
    wrong: 'Number.isFinite(seconds) ? seconds',
    test: RETRIES,
    named: 'as long as Retry-After says',
  },
  'the total time has no limit': {
    file: CLIENT,
    right: ' || totalMs > maxTotalMs',
    wrong: '',
    test: RETRIES,
    named: '.',
  },
  'a page of another origin is admitted': {
    file: ADMISSION,
    right: 'if (origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase())',
    wrong: 'if (false)',
    test: ADMITTED,
    named: 'the local server',
  },
  'the beginning of a token is enough': {
    file: ADMISSION,
    right: '!equalTexts(given, token)',
    wrong: '!token.startsWith(given)',
    test: ADMITTED,
    named: 'the local server',
  },
  'an address that Google has not verified is admitted': {
    file: ADMISSION,
    right: 'claims.email_verified === true ? claims.email?.toLowerCase() : undefined',
    wrong: 'claims.email?.toLowerCase()',
    test: ADMITTED,
    named: 'rejects',
  },
  'a token for another service is admitted': {
    file: ADMISSION,
    right: "await verify(idToken, `https://${headers.host ?? ''}`)",
    wrong: "await verify(idToken, 'https://other.example.com')",
    test: ADMITTED,
    named: '.',
  },
};

seesEach(MUTANTS);
