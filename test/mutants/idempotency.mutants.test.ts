/** The idempotency of operations with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const CLAIM = 'shared/idempotency/record/claim.ts';
const LEASE = 'shared/idempotency/record/lease.ts';
const STEPS = 'test/unit/operation-record.test.ts';
const MODEL = 'test/unit/operation-model.test.ts';

const IDS = 'shared/idempotency/derive-key.ts';
const SHARED = 'test/property/operation-ids.property.test.ts';

const REUSED = 'test/regression/reused-names.test.ts';
const CLAUSES = 'test/unit/clause-effects.test.ts';

const EFFECT = 'shared/stripe/effect.ts';
const ONCE = 'shared/idempotency/run-idempotent.ts';
/** What is said of the effect, held to what happened at Stripe. */
const EFFECTS = 'test/simulation/effects.test.ts';
const CRASHES = 'test/simulation/crash-points.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'an owner who lost its lease writes all the same': {
    file: LEASE,
    right: 'record.fence === lease.fence',
    wrong: 'true',
    test: STEPS,
    named: 'a lease that lapsed',
  },
  'a live lease is taken over': {
    file: CLAIM,
    right: `record.leaseEndsUs > nowUs)
      return { result: { kind: 'inProgress'`,
    wrong: `false)
      return { result: { kind: 'inProgress'`,
    test: STEPS,
    named: 'another caller meanwhile',
  },
  'payloads are not compared': {
    file: CLAIM,
    right: 'if (record.fingerprint !== fingerprint)',
    wrong: 'if (false)',
    test: STEPS,
    named: 'the same id with another payload',
  },
  'an unknown outcome frees the id': {
    file: EFFECT,
    right: "if (effect === 'unknown') return 'indeterminate';",
    wrong: "if (effect === 'unknown') return 'failed';",
    test: MODEL,
    named: 'two workers',
  },
  'a repeat goes under a new key': {
    file: CLAIM,
    right: 'const { keyVersion, expand } = record;',
    wrong: 'const { expand } = record, keyVersion = record.keyVersion + (repeats ? 1 : 0);',
    test: MODEL,
    named: 'two workers',
  },
  'a repeat that sent nothing forgets the try before it': {
    file: LEASE,
    right: "return repeats ? 'unknown' : 'none';",
    wrong: "return repeats ? 'none' : 'none';",
    test: STEPS,
    named: 'what is not known is repeated',
  },
  'an old operation is sent again': {
    file: CLAIM,
    right: 'if (nowUs - record.firstCalledUs > windowUs)',
    wrong: 'if (false)',
    test: STEPS,
    named: 'past 20 hours',
  },
  'keys of an object count in the order in which they come': {
    file: 'shared/idempotency/fingerprint.ts',
    right: '.sort(([a], [b]) => (a < b ? -1 : 1))',
    wrong: '',
    test: STEPS,
    named: 'a payload is the same',
  },
  'client secrets are stored': {
    file: 'shared/idempotency/stored-outcome.ts',
    right: 'const stripped = stripSensitiveFields(body);',
    wrong: 'const stripped = body; void stripSensitiveFields;',
    test: 'test/regression/client-secrets.test.ts',
    named: 'the stored outcome has no client secret',
  },
  // The rules of before, planted again.
  'a refusal before the idempotency layer settles an unknown try': {
    file: EFFECT,
    right: "'invalid request': { none: 'none', unknown: 'unknown'",
    wrong: "'invalid request': { none: 'none', unknown: 'none'",
    test: EFFECTS,
    named: 'Create: two calls',
  },
  'the same, in the crash sweep': {
    file: EFFECT,
    right: "'permission denied': { none: 'none', unknown: 'unknown'",
    wrong: "'permission denied': { none: 'none', unknown: 'none'",
    test: CRASHES,
    named: 'Create: the response is lost',
  },
  'a refusal of the permission settles an unknown try': {
    file: EFFECT,
    right: "'permission denied': { none: 'none', unknown: 'unknown'",
    wrong: "'permission denied': { none: 'none', unknown: 'none'",
    test: EFFECTS,
    named: 'Create: two calls',
  },
  'a refusal of the rate or of the key settles an unknown try': {
    file: EFFECT,
    right: "'not processed': { none: 'none', unknown: 'unknown'",
    wrong: "'not processed': { none: 'none', unknown: 'none'",
    test: EFFECTS,
    named: 'Create: two calls',
  },
  'a record that cannot be read means that nothing happened': {
    file: EFFECT,
    right: "prior === 'unread' && freshId === true ? 'none' : 'unknown'",
    wrong: "prior === 'unread' ? 'none' : 'unknown'",
    test: EFFECTS,
    named: 'Create: two calls',
  },
  'a replay that cannot be read again undoes the operation': {
    file: ONCE,
    right: "throw annotateError(resultError(cause), call, effectAfterSuccess('result unreadable'));",
    wrong: "throw annotateError(resultError(cause), call, 'none');",
    test: EFFECTS,
    named: 'an action that answers a client secret',
  },
  'a suspended connection means that nothing happened': {
    file: 'shared/http/prior-effect.ts',
    right: 'if (error.effect !== undefined) return error.effect;',
    wrong:
      "if (error.effect !== undefined || error.details.reason === 'CONNECTION_SUSPENDED') return error.effect ?? 'none';",
    test: EFFECTS,
    named: 'Create: two calls',
  },
  "a gateway's answer is a success": {
    file: 'shared/adapters/stripe/response.ts',
    right:
      'if (status >= 200 && status < 300 && body !== undefined && isListOrResource(body) && isAnswerTo(to, body)) {',
    wrong: "if (body !== undefined && body['error'] === undefined && isAnswerTo(to, body)) {",
    test: EFFECTS,
    named: 'Create: two calls',
  },
  'a missing object was deleted': {
    file: 'shared/idempotency/recover-outcome.ts',
    right: "if (current?.['deleted'] === true && current['id'] === id)",
    wrong: "if (current === undefined || current['deleted'] === true)",
    test: 'test/regression/read-back.test.ts',
    named: 'an object that never existed',
  },
  'a message whose result cannot be read has failed': {
    file: 'shared/automation/execute.ts',
    right: "if (error.effect !== 'done' || PARTIAL_EFFECT_REASONS.has(error.details.reason))",
    wrong: 'if (error.effect !== undefined)',
    test: 'test/regression/automation-effects.test.ts',
    named: 'is not published as failed',
  },
  'an operation past the life of its key is sent again': {
    file: CLAIM,
    right: 'if (nowUs - record.firstCalledUs > windowUs)',
    wrong: 'if (false)',
    test: EFFECTS,
    named: 'Create: two calls',
  },
  'a clause with permanently failed rows stays open': {
    file: 'shared/operations/bulk-write-result.ts',
    right: "if (result.effect === 'done') return { event: 'success', outcome: storedText };",
    wrong: "if (result.effect === 'done') return { event: 'unclear' };",
    test: CLAUSES,
    named: 'is final',
  },
  'a clause without effect keeps its id on a repeat': {
    file: EFFECT,
    right: "'no row changed': { none: 'none', unknown: 'none'",
    wrong: "'no row changed': { none: 'none', unknown: 'unknown'",
    test: CLAUSES,
    named: 'on a repeat too, frees its id',
  },
  'a DELETE of a name that may be used again is repeated blindly within the call': {
    file: EFFECT,
    right: 'mayRepeat: !(unknown && reusable),',
    wrong: 'mayRepeat: true,',
    test: REUSED,
    named: 'repeated as long as',
  },
  'the same, by the next call': {
    file: 'shared/idempotency/idempotent-request.ts',
    right: 'lease.repeats && deletesReusablePath(request)',
    wrong: 'false && deletesReusablePath(request)',
    test: REUSED,
    named: 'although a newer object',
  },
  'two ids share a key': {
    file: IDS,
    right: 'keyVersion === 0 && !KEY_SUFFIX.test(id)',
    wrong: 'keyVersion === 0',
    test: SHARED,
    named: 'never share a key',
  },
  "a row's key is one that a caller could give": {
    file: IDS,
    right: '~(?:(?:row)?\\d{1,16}|sha256)$',
    wrong: '~(?:\\d{1,16}|sha256)$',
    test: SHARED,
    named: 'never share a key',
  },
};

seesEach(MUTANTS);
