/** The tests of calls to the local server once more, on the built function `single`: the same paths of one service. */
import './use-single-layout.ts';
import './bulk-writes.test.ts';
import './dry-run.test.ts';
import './operations.test.ts';
import './rows-over-http.test.ts';
import './runtime-api.test.ts';
import { FULL_SIZES } from '../support/sizes.ts';

if (FULL_SIZES) {
  void import('./all-entities.test.ts');
  void import('./client.test.ts');
  void import('./discovery.test.ts');
  void import('./export-command.test.ts');
  void import('./limit-over-http.test.ts');
  void import('./once.test.ts');
  void import('./write-guards.test.ts');
}
