import { readFileSync, writeFileSync, renameSync, existsSync } from 'node:fs';
import type { State } from '../state.ts';
import type { Stored } from '../store.ts';

interface SavedAccount {
  readonly objects: readonly (readonly [string, Stored])[];
  readonly singletons: readonly (readonly [string, Stored])[];
  /** Kind and id of a nested object, and its parents. */
  readonly parents: readonly (readonly [string, string, Readonly<Record<string, string>>])[];
  readonly hidden: readonly (readonly [string, unknown])[];
}

/** Everything that the sandbox remembers, as JSON. */
export interface Snapshot {
  readonly version: 1;
  readonly ids: number;
  readonly offset: number;
  readonly frozen: number | null;
  readonly accounts: Readonly<Record<string, SavedAccount>>;
}

export function saved(state: State): Snapshot {
  const accounts = [...state.accounts].map(([id, account]): [string, SavedAccount] => {
    // What Stripe answers once, without an id, is not kept.
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
        hidden: [...account.hidden],
      },
    ];
  });
  return { version: 1, ids: state.ids.position, ...state.clock(), accounts: Object.fromEntries(accounts) };
}

/** Puts a snapshot in place of everything that the sandbox remembers. */
export function restore(state: State, snapshot: Snapshot): void {
  state.accounts.clear();
  state.ids.position = snapshot.ids;
  state.setClock(snapshot);
  for (const [id, { objects, singletons, parents, hidden }] of Object.entries(structuredClone(snapshot.accounts))) {
    const account = state.account(id);
    for (const [kind, object] of objects) account.put(kind, object);
    for (const [key, object] of singletons) account.singletons.set(key, object);
    for (const [kind, object, under] of parents) {
      const found = account.get(kind, object);
      if (found !== undefined) account.parents.set(found, under);
    }
    for (const [key, value] of hidden) account.hidden.set(key, value);
    // What was there before is no change.
    account.changes.take();
  }
}

/** The snapshot of a file; undefined if there is no such file. */
export function readSnapshot(file: string): Snapshot | undefined {
  if (!existsSync(file)) return undefined;
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
  if ((snapshot.version as number) !== 1) throw new Error(`${file} is not a file of the sandbox`);
  return snapshot;
}

/** Written next to the file and renamed: a crash leaves the old one whole. */
export function writeSnapshot(file: string, state: State): void {
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify(saved(state)));
  renameSync(next, file);
}
