import type { OperationStore } from '../../shared/idempotency/store.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';

/** A call of a store: which method, and of which operation. */
export interface StoreCall {
  readonly method: keyof OperationStore;
  readonly id: string;
}

/** Returns a store whose calls all pass `around`, which may delay, repeat or fail them. */
export function interceptStore(
  store: OperationStore,
  around: <T>(call: StoreCall, proceed: () => Promise<T>) => Promise<T>,
): OperationStore {
  return {
    create: (id, transition) => around({ method: 'create', id }, () => store.create(id, transition)),
    update: (id, transition) => around({ method: 'update', id }, () => store.update(id, transition)),
    replaceOwn: (id, transition) => around({ method: 'replaceOwn', id }, () => store.replaceOwn(id, transition)),
  };
}

/** Returns a store that does not respond to the calls that `fails` selects. They are not written. */
export function failingStore(store: OperationStore, fails: (call: StoreCall) => boolean): OperationStore {
  return interceptStore(store, (call, proceed) =>
    fails(call) ? Promise.reject(new StoreUnavailableError('the store does not respond')) : proceed(),
  );
}
