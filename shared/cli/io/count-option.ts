import type { CommandContext } from '../commands/definition.ts';
import { UsageError } from './exit.ts';

/** Returns an option that is a positive integer, or its default. Throws UsageError for any other text. */
export function countOption(context: Pick<CommandContext, 'text'>, name: string, defaultCount: number): number {
  const text = context.text(name);
  if (text === undefined) return defaultCount;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1)
    throw new UsageError(
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} must be a positive integer: ${text}`,
    );
  return count;
}
