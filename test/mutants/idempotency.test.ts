/** The idempotency of operations with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const OPERATION = 'shared/idempotency/operation.ts';
const STEPS = 'test/unit/operation.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'an owner who lost its lease writes all the same': {
    file: OPERATION,
    right: 'record.fence === lease.fence',
    wrong: 'true',
    test: STEPS,
    named: 'a lease that lapsed',
  },
  'a live lease is taken over': {
    file: OPERATION,
    right: "record.state === 'calling' && record.leaseEndsUs > nowUs",
    wrong: 'false',
    test: STEPS,
    named: 'another caller meanwhile',
  },
  'payloads are not compared': {
    file: OPERATION,
    right: 'if (record.fingerprint !== fingerprint)',
    wrong: 'if (false)',
    test: STEPS,
    named: 'the same id with another payload',
  },
  'an unknown outcome frees the id': {
    file: OPERATION,
    right: "if (ended.effect === 'unknown') return 'indeterminate';",
    wrong: "if (ended.effect === 'unknown') return 'failed';",
    test: STEPS,
    named: 'two workers',
  },
  'a repeat goes under a new key': {
    file: OPERATION,
    right: "result: { may: 'work', lease: { fence, generation: record.generation, repeats } },",
    wrong: "result: { may: 'work', lease: { fence, generation: record.generation + (repeats ? 1 : 0), repeats } },",
    test: STEPS,
    named: 'two workers',
  },
  'a repeat that sent nothing forgets the try before it': {
    file: OPERATION,
    right: "return lease.repeats ? 'indeterminate' : 'received';",
    wrong: "return 'received';",
    test: STEPS,
    named: 'what is not known is repeated',
  },
  'an old operation is sent again': {
    file: OPERATION,
    right: 'if (nowUs - record.firstCalledUs > REPEAT_WINDOW_US)',
    wrong: 'if (false)',
    test: STEPS,
    named: 'past 20 hours',
  },
  'keys of an object count in the order in which they come': {
    file: OPERATION,
    right: '.sort()',
    wrong: '',
    test: STEPS,
    named: 'a payload is the same',
  },
  'client secrets are stored': {
    file: 'shared/core/request-once.ts',
    right: 'JSON.stringify({ whole: withoutSecrets(body) })',
    wrong: 'JSON.stringify({ whole: body, withoutSecrets: undefined })',
    test: 'test/unit/client-secrets.test.ts',
    named: 'what is stored has no client secret',
  },
};

seesEach(MUTANTS);
