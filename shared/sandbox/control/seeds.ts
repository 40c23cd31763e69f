import type { Api } from '../protocol/api.ts';
import type { State } from '../state.ts';
import { fillDemo } from './demo.ts';

/** Adds objects to the platform's account. Returns the number of objects by kind. */
export type SeedFunction = (state: State, api: Api) => Readonly<Record<string, number>>;

/** The seeds by name. */
export const SEEDS: Readonly<Record<string, SeedFunction>> = { demo: fillDemo };
