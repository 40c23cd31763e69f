import { readFileSync, writeFileSync, renameSync, existsSync } from 'node:fs';
import type { State } from '../state.ts';
import type { StoredObject } from '../store.ts';

interface SavedAccount {
  /** The kind of each object, and the object. */
  readonly objects: readonly (readonly [string, StoredObject])[];
  readonly singletons: readonly (readonly [string, StoredObject])[];
  /** The kind, the id and the entry in `Account.parents` of each nested object. */
  readonly parents: readonly (readonly [string, string, Readonly<Record<string, string>>])[];
  /** Keys and values of `Account.privateData`. */
  readonly hidden: readonly (readonly [string, unknown])[];
}

/**
 * The state of the sandbox that is kept between runs: accounts, ids and clock. Faults, limits and received requests are
 * not kept.
 */
export interface Snapshot {
  readonly version: 1;
  /** `IdSource.position`, from which the sequence of ids continues. */
  readonly ids: number;
  /** Seconds to add to the machine's time while the clock runs. */
  readonly offset: number;
  /** Unix seconds at which the clock is stopped. Null while the clock runs. */
  readonly frozen: number | null;
  readonly accounts: Readonly<Record<string, SavedAccount>>;
}

/** Returns the state of the sandbox as a snapshot. */
export function takeSnapshot(state: State): Snapshot {
  const accounts = [...state.accounts].map(([id, account]): [string, SavedAccount] => {
    // Objects without an id, such as account links, are not saved: Stripe returns them only once.
    const objects = account.entries().filter(([, object]) => Object.keys(object).includes('id'));
    return [
      id,
      {
        objects,
        singletons: [...account.singletons],
        parents: objects.flatMap(([kind, object]) => {
          const parents = account.parents.get(object);
          return parents === undefined ? [] : [[kind, object.id, parents] as const];
        }),
        hidden: [...account.privateData],
      },
    ];
  });
  return { version: 1, ids: state.ids.position, ...state.savedClock(), accounts: Object.fromEntries(accounts) };
}

/** Replaces the accounts, the ids and the clock of the sandbox with those of a snapshot. */
export function restoreSnapshot(state: State, snapshot: Snapshot): void {
  state.accounts.clear();
  state.ids.position = snapshot.ids;
  state.setClock(snapshot);
  for (const [id, { objects, singletons, parents, hidden }] of Object.entries(structuredClone(snapshot.accounts))) {
    const account = state.account(id);
    for (const [kind, object] of objects) account.put(kind, object);
    for (const [key, object] of singletons) account.singletons.set(key, object);
    for (const [kind, objectId, objectParents] of parents) {
      const object = account.get(kind, objectId);
      if (object !== undefined) account.parents.set(object, objectParents);
    }
    for (const [key, value] of hidden) account.privateData.set(key, value);
    // Restored objects are not changes, so they have no events.
    account.changes.take();
  }
}

/** Reads a snapshot from a file. Returns undefined if the file does not exist. */
export function readSnapshot(file: string): Snapshot | undefined {
  if (!existsSync(file)) return undefined;
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
  if ((snapshot.version as number) !== 1) throw new Error(`${file} is not a file of the sandbox`);
  return snapshot;
}

/**
 * Writes a snapshot to a new file, and then replaces `file` with it. A crash during the write leaves `file` unchanged.
 * The new file is flushed first: without the flush, a power failure could leave an empty `file`.
 */
export function writeSnapshot(file: string, state: State): void {
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify(takeSnapshot(state)), { flush: true });
  renameSync(next, file);
}
