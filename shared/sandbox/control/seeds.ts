import type { Api } from '../protocol/api.ts';
import type { State } from '../state.ts';
import { fillDemo } from './demo.ts';

/** Fills the account with objects. Returns the number of objects by kind. */
export type SeedFunction = (state: State, api: Api) => Readonly<Record<string, number>>;

export const SEEDS: Readonly<Record<string, SeedFunction>> = { demo: fillDemo };
