import { ConnectorError, invalidArgument } from '../../errors.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import { decodePercent } from '../../http/body/decode-url.ts';
import { isObject } from '../../is-object.ts';
import type { Administrable } from '../admin/method.ts';
import { runAdminMethod } from '../admin/methods.ts';
import { burst } from './burst.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';

/** One POST request of the console. */
interface ConsoleCommandContext {
  readonly connector: Administrable;
  /** Entries of the manifest, which messages may name. */
  readonly functions: readonly FunctionRow[];
  /** The path segment that the pattern captured, decoded. */
  readonly part: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type ConsoleCommand = readonly [RegExp, (context: ConsoleCommandContext) => Promise<object>];

/** Commands of the console. Each requires the access level `writes` and a JSON object as its body. */
const CONSOLE_COMMANDS: readonly ConsoleCommand[] = [
  [/^\/console\/suspend$/, ({ connector }) => runOnConsole(connector, 'connection.suspend')],
  [/^\/console\/resume$/, ({ connector }) => resumeOnConsole(connector)],
  [
    /^\/console\/publishing\/(pause|resume)$/,
    ({ connector, part, body }) => runOnConsole(connector, `events.${part}`, body),
  ],
  [/^\/console\/burst$/, ({ connector, body }) => burst(connector, body['calls'])],
  [
    /^\/console\/operations\/([^/]+)\/resolve$/,
    ({ connector, part, body }) => runOnConsole(connector, 'operations.resolve', { ...body, id: part }),
  ],
  [
    /^\/console\/dead-letters\/([^/]+)\/replay$/,
    ({ connector, part, functions }) => replayDeadLetter(connector, part, functions),
  ],
  [
    /^\/console\/events\/([^/]+)\/replay$/,
    ({ connector, part }) => runOnConsole(connector, 'events.replay', { id: part }),
  ],
];

export const CONSOLE_COMMAND_PATH = /^\/console\/(?!sandbox\/)/;

/** Runs the command of a path. Throws NOT_FOUND if the path is not a command. */
export async function runConsoleCommand(
  connector: Administrable,
  path: string,
  body: unknown,
  functions: readonly FunctionRow[],
): Promise<object> {
  if (!isObject(body)) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  for (const [pattern, command] of CONSOLE_COMMANDS) {
    const match = pattern.exec(path);
    if (match !== null) return command({ connector, functions, part: decodePercent(match[1] ?? '', 'path'), body });
  }
  throw new ConnectorError('NOT_FOUND', 'the console has no such command; reload the page', { reason: 'NO_SUCH_PATH' });
}

/** Runs an admin method for the console. The command line uses the same methods, so a call is logged in the same way. */
function runOnConsole(connector: Administrable, method: string, input: object = {}): Promise<object> {
  return runAdminMethod(connector, method, input, 'console');
}

function resumeOnConsole(connector: Administrable): Promise<object> {
  if (connector.settings.suspended)
    throw new ConnectorError('FAILED_PRECONDITION', 'the setting suspended is true; change it to resume', {
      reason: 'SUSPENDED_BY_SETTINGS',
    });
  return runOnConsole(connector, 'connection.resume');
}
