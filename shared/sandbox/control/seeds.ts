import type { Api } from '../protocol/api.ts';
import type { State } from '../state.ts';
import { fillDemo } from './demo.ts';

/** Fills the account with objects, through the API; answers how many there are of each kind. */
export type Seed = (state: State, api: Api) => Readonly<Record<string, number>>;

export const SEEDS: Readonly<Record<string, Seed>> = { demo: fillDemo };
