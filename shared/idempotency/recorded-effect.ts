import type { Effect } from '../errors.ts';
import type { OperationState } from './store.ts';

/** The effect that a record says. */
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
