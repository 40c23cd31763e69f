import { ConnectorError, invalidArgument } from '../../errors.ts';
import { resolveOperation, type ResolvedOutcome } from '../../idempotency/resolve-operation.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import { decodePathSegment } from '../../http/body/decode-url.ts';
import { isObject } from '../../is-object.ts';
import { checkOperationId } from '../../operations/request/ids.ts';
import { setPublishing } from '../admin/event-methods.ts';
import { burst } from './burst.ts';
import { operatorOf, type Operated } from './operator.ts';
import { replayDeadLetter, replayInboxEvent } from './replays.ts';

/** One POST request of the console. */
interface ConsoleCommandContext {
  readonly connector: Operated;
  /** Entries of the manifest, which messages may name. */
  readonly functions: readonly FunctionRow[];
  /** The path segment that the pattern captured, decoded. */
  readonly part: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type ConsoleCommand = readonly [RegExp, (context: ConsoleCommandContext) => Promise<object>];

/** Commands of the console. Each requires the access level `writes` and a JSON object as its body. */
const CONSOLE_COMMANDS: readonly ConsoleCommand[] = [
  [/^\/console\/(suspend|resume)$/, ({ connector, part }) => setSuspended(connector, part === 'suspend')],
  [/^\/console\/publishing\/(pause|resume)$/, pausePublishing],
  [/^\/console\/burst$/, ({ connector, body }) => burst(connector, body['calls'])],
  [/^\/console\/operations\/([^/]+)\/resolve$/, resolveRecord],
  [
    /^\/console\/dead-letters\/([^/]+)\/replay$/,
    ({ connector, part, functions }) => replayDeadLetter(connector, part, functions),
  ],
  [/^\/console\/events\/([^/]+)\/replay$/, ({ connector, part }) => replayInboxEvent(connector, part)],
];

export const CONSOLE_COMMAND_PATH = /^\/console\/(?!sandbox\/)/;

/** Runs the command of a path. Throws NOT_FOUND if the path is not a command. */
export async function runConsoleCommand(
  connector: Operated,
  path: string,
  body: unknown,
  functions: readonly FunctionRow[],
): Promise<object> {
  if (!isObject(body)) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  for (const [pattern, command] of CONSOLE_COMMANDS) {
    const match = pattern.exec(path);
    if (match !== null) return command({ connector, functions, part: decodePathSegment(match[1] ?? '', 'path'), body });
  }
  throw new ConnectorError('NOT_FOUND', 'the console has no such command; reload the page', { reason: 'NO_SUCH_PATH' });
}

async function setSuspended(connector: Operated, suspended: boolean): Promise<object> {
  if (!suspended && connector.settings.suspended)
    throw new ConnectorError('FAILED_PRECONDITION', 'the setting suspended is true; change it to resume', {
      reason: 'SUSPENDED_BY_SETTINGS',
    });
  await operatorOf(connector).setSuspended(suspended);
  return { suspended };
}

async function pausePublishing({ connector, part, body }: ConsoleCommandContext): Promise<object> {
  const paused = part === 'pause';
  await setPublishing(connector, paused, paused ? textOf(body, 'reason') : '');
  return { paused };
}

/** `{"effect": "done", "reason": "...", "by": "jane", "objectId": "pi_1"}` */
async function resolveRecord({ connector, part, body }: ConsoleCommandContext): Promise<object> {
  checkOperationId('operationId', part);
  const { effect } = body;
  if (effect !== 'done' && effect !== 'none')
    throw invalidArgument([{ field: 'effect', description: 'must be done or none' }]);
  const objectId = textOf(body, 'objectId');
  const decision: ResolvedOutcome = {
    effect,
    reason: textOf(body, 'reason'),
    by: textOf(body, 'by'),
    ...(objectId === '' ? {} : { objectId }),
  };
  const { deps } = connector;
  return { ...(await resolveOperation(deps.operations, part, decision, deps.operationRetentionUs)) };
}

function textOf(body: ConsoleCommandContext['body'], field: string): string {
  const { [field]: value = '' } = body;
  if (typeof value !== 'string') throw invalidArgument([{ field, description: 'must be a string' }]);
  return value;
}
