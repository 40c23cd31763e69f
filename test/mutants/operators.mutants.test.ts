/** What operators read, with a bug in it: the cost table, the preflight, and the lines of errors. */
import { seesEach, type Mutant } from './planted.ts';

const COST = 'test/infra/cost.test.ts';
const PREFLIGHT = 'test/infra/preflight.test.ts';
const PLAN = 'test/infra/preflight-plan.test.ts';
const ERRORS = 'test/unit/log-cause.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'Error Reporting does not see the stack of an error': {
    file: 'shared/http/log-cause.ts',
    right: "'internal error', { stack_trace: stack }",
    wrong: "'internal error', { stack }",
    test: ERRORS,
    named: 'logs the stack',
  },
  'three nodes serve 100 a second, whatever the limiter gives a node': {
    file: 'shared/cli/cost/designs.ts',
    right: 'concurrencies: [80],\n    instances: 3,\n    minNodes: 20,',
    wrong: 'concurrencies: [80],\n    instances: 3,\n    minNodes: 3,',
    test: COST,
    named: 'min_nodes serves 100 a second',
  },
  'the cost table leaves out that a call waits for its turn': {
    file: 'shared/cli/cost/model.ts',
    right: 'CALL_S + count.waitS',
    wrong: 'CALL_S',
    test: COST,
    named: 'the pages have the tables',
  },
  'the cost table leaves out the records': {
    file: 'shared/cli/cost/model.ts',
    right: 'RECORD_WRITES * PRICES.write.dollars + PRICES.delete.dollars',
    wrong: 'PRICES.delete.dollars',
    test: COST,
    named: 'the pages have the tables',
  },
  "Google's connector is one node": {
    file: 'shared/cli/cost/model.ts',
    right: 'Math.max(2, Math.ceil(perSecond / PER_NODE))',
    wrong: 'Math.max(1, Math.ceil(perSecond / PER_NODE))',
    test: COST,
    named: "Google's connector costs its nodes",
  },
  'the quota is read for one vCPU, whatever the plan gives': {
    file: 'shared/cli/preflight/region-checks.ts',
    right: 'bucket.effectiveLimit / (1000 * planned.cpu)',
    wrong: 'bucket.effectiveLimit / 1000',
    test: PLAN,
    named: 'the quota of the size',
  },
  'a policy on locations is checked for the functions alone': {
    file: 'shared/cli/preflight/deployment.ts',
    right: '{ location, resource: `database ${database}` },',
    wrong: '',
    test: PREFLIGHT,
    named: "that the database's does not satisfy",
  },
  'a policy on locations forgets the secrets': {
    file: 'shared/cli/preflight/policy-checks.ts',
    right: '...(await secretLocations(api, planned.secrets))',
    wrong: '',
    test: PREFLIGHT,
    named: 'that a replica of the secret does not satisfy',
  },
  'a role on a key is not checked': {
    file: 'shared/cli/preflight/terraform-plan.ts',
    right: '      ...outside,',
    wrong: '',
    test: PLAN,
    named: 'a role on a key',
  },
};

seesEach(MUTANTS);
