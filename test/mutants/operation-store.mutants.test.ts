/** Mutations of the Firestore store of operations. */
import { seesEach, type Mutant } from './planted.ts';

const OPERATIONS = 'shared/adapters/google/firestore-operations.ts';
const DOCUMENTS = 'shared/adapters/google/firestore-documents.ts';
const PARSER = 'shared/adapters/google/stored-documents.ts';
const CONTRACT = 'test/contract/firestore-operations.test.ts';
const LOST = 'test/regression/firestore-writes.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a create overwrites the record of another instance': {
    file: DOCUMENTS,
    right: 'currentDocument: precondition,',
    wrong: "currentDocument: 'exists' in precondition ? undefined : precondition,",
    test: CONTRACT,
    named: 'of concurrent calls of create',
  },
  'an update overwrites what another instance wrote in between': {
    file: DOCUMENTS,
    right: 'currentDocument: precondition,',
    wrong: "currentDocument: 'exists' in precondition ? precondition : undefined,",
    test: CONTRACT,
    named: 'of concurrent calls of update',
  },
  'the holder overwrites what another instance wrote since': {
    file: OPERATIONS,
    right: '{ updateTime: ownWrite.updateTime });',
    wrong: '(await documents.read(name)).found as never);',
    test: CONTRACT,
    named: 'replaceOwn sees',
  },
  'a stored lease counts in the time of its writer': {
    file: PARSER,
    right: 'us + byUs',
    wrong: 'us + 0 * byUs',
    test: CONTRACT,
    named: 'a new lease counts',
  },
  'an acquired lease counts in the time of its writer': {
    file: OPERATIONS,
    right: 'transition(undefined, microseconds(updateTime))',
    wrong: 'transition(undefined, estimatedUs)',
    test: CONTRACT,
    named: 'a new lease counts',
  },
  'the store does not learn the time of its database': {
    file: DOCUMENTS,
    right: 'clock.observe(sentMs, microseconds(commitTime));',
    wrong: 'void sentMs; void commitTime;',
    test: CONTRACT,
    named: 'a new lease counts',
  },
  "another instance's write is found instead of the lost one": {
    file: DOCUMENTS,
    right: 'found?.fields?.writer?.stringValue === writer',
    wrong: 'found?.fields?.writer !== undefined',
    test: LOST,
    named: 'is not treated as its own',
  },
  'a lost response is a lost write': {
    file: DOCUMENTS,
    right: '? timeOfWrite(name, writer) :',
    wrong: '? undefined :',
    test: LOST,
    named: 'fails once after',
  },
};

seesEach(MUTANTS);
