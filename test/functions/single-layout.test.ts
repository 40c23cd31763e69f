/** The tests of the built functions once more, on the layout `single`: the same calls, each at its path of one service. */
import './use-single-layout.ts';
import './files.test.ts';
import './refusals.test.ts';
import './secret.test.ts';
import './shapes.test.ts';
import { FULL_SIZES } from '../support/sizes.ts';

if (FULL_SIZES) {
  void import('./golden.test.ts');
  void import('./log.test.ts');
  void import('./throttled.test.ts');
}
