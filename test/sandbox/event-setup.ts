/** Payments whose events the tests read. */
import { ownSandbox } from './documented.ts';

export const double = ownSandbox({ retryDelays: [1, 1, 1] });
