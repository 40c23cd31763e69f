import { parseArgs } from 'node:util';
import { parseTime } from './control/control-input.ts';
import { SEEDS } from './control/seeds.ts';

/** The options of `npm run sandbox`. */
export interface CommandOptions {
  readonly port: number;
  /** File in which the state is kept between runs. */
  readonly data?: string | undefined;
  /** Name of a seed that fills an empty sandbox. */
  readonly fill?: string | undefined;
  /** Unix seconds at which the sandbox's clock is stopped at the start. */
  readonly clock?: number | undefined;
}

const DEFAULT_PORT = 12_111;

/**
 * Parses `--port N --data FILE --seed demo --clock [TIME]`. Without `--port`, the environment variable `SANDBOX_PORT`
 * or else `PORT` sets the port.
 */
export function commandOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  now: number,
): CommandOptions {
  // `--clock` without a time means the current time.
  const expandedArgs = args.flatMap((word, index) => {
    const next = args[index + 1];
    return word === '--clock' && (next === undefined || next.startsWith('--')) ? ['--clock', String(now)] : [word];
  });
  const { values } = parseArgs({
    args: expandedArgs,
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
    throw new Error(`--seed ${values.seed}: no such seed. Seeds: ${Object.keys(SEEDS).join(', ')}`);
  return {
    port,
    data: values.data,
    fill: values.seed,
    clock: values.clock === undefined ? undefined : parseTime(values.clock),
  };
}
