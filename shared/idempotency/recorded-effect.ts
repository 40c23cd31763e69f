import type { Effect } from '../errors.ts';
import type { OperationState } from './store.ts';

/** Maps the state of an operation record to its effect. */
export function recordedEffect(state: OperationState): Effect {
  return RECORDED[state];
}
const RECORDED: Readonly<Record<OperationState, Effect>> = {
  received: 'none',
  calling: 'unknown',
  succeeded: 'done',
  failed: 'none',
  indeterminate: 'unknown',
};
