/** The leases of the limiter with a bug in them. */
import { seesEach, type Mutant } from './planted.ts';

const LEASES = 'test/property/lane-leases.property.test.ts';
const OPEN_LOOP = 'test/simulation/open-loop.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a leased lane is used again before a round has passed': {
    file: 'shared/rate-limiter/lanes/leases.ts',
    right: 'lease.freeUs = fromUs + spacingUs;\n  lease.open -= 1;',
    wrong: 'lease.open -= 1;',
    test: LEASES,
    named: 'two requests of a lane',
  },
  'a lease goes on over slots of another node': {
    file: 'shared/rate-limiter/lanes/leases.ts',
    right: 'current?.endUs === firstUs ? current',
    wrong: 'current !== undefined ? current',
    test: LEASES,
    named: 'a reservation that follows',
  },
  'a call that comes alone leases no lane': {
    file: 'shared/rate-limiter/queue/lease-size.ts',
    right: 'return Math.ceil(perRound + DEVIATIONS * Math.sqrt(perRound));',
    wrong: 'return 0;',
    test: OPEN_LOOP,
    named: 'random calls wait.*0.3',
  },
};

seesEach(MUTANTS);
