import { parseArgs } from 'node:util';

/** `--rounds N`; the other options are the bench's own. */
export function roundsOf(args: readonly string[], usual: number): number {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string' } }, strict: false });
  return Number(values.rounds ?? usual);
}
