import { parseArgs } from 'node:util';
import { momentOf } from './control/control.ts';
import { SEEDS } from './control/seeds.ts';

/** What the command line of `npm run sandbox` says. */
export interface CommandOptions {
  readonly port: number;
  /** File that keeps the state between runs. */
  readonly data?: string | undefined;
  /** Name of a seed that fills an empty sandbox. */
  readonly fill?: string | undefined;
  /** Unix seconds: the time stops there until the admin API moves it. */
  readonly clock?: number | undefined;
}

const DEFAULT_PORT = 12_111;

/** Reads `--port N --data FILE --seed demo --clock [TIME]`; `SANDBOX_PORT`, or `PORT`, where there is no `--port`. */
export function commandOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  now: number,
): CommandOptions {
  // `--clock` may stand alone: the time stops at once.
  const given = args.flatMap((word, index) => {
    const next = args[index + 1];
    return word === '--clock' && (next === undefined || next.startsWith('--')) ? ['--clock', String(now)] : [word];
  });
  const { values } = parseArgs({
    args: given,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      seed: { type: 'string' },
      clock: { type: 'string' },
    },
  });
  const port = Number(values.port ?? environment['SANDBOX_PORT'] ?? environment['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port must be a port number');
  if (values.seed !== undefined && !Object.hasOwn(SEEDS, values.seed))
    throw new Error(`--seed ${values.seed}: there is ${Object.keys(SEEDS).join(', ')}`);
  return {
    port,
    data: values.data,
    fill: values.seed,
    clock: values.clock === undefined ? undefined : momentOf(values.clock),
  };
}
