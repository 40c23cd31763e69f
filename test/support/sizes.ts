/** `npm test` runs properties, walks and sweeps small; `npm run test:full` sets FULL_SIZES=1 and runs them whole. */
export const FULL_SIZES = process.env['FULL_SIZES'] === '1';

/** How many, or how large: in `npm test`, and in `npm run test:full`. */
export function sized<T>(small: T, full: T): T {
  return FULL_SIZES ? full : small;
}
