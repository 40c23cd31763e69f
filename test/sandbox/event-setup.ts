/** Payments whose events the tests read. */
import { sandboxOfEachFile } from './documented.ts';

export const { open: openSandbox, double } = sandboxOfEachFile({ retryDelays: [1, 1, 1] });
