import type { ConnectionStatus } from '../../management/admin/connection-methods.ts';
import { describeKey } from '../../management/key-status.ts';
import { runsInProcess } from '../io/admin.ts';
import { clockText, type SandboxClock } from './local/sandbox-time.ts';
import type { ConnectorServer } from '../io/server.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';

/** `status` */
export async function showStatus({ admin, environment, server }: CommandContext): Promise<CommandResult> {
  const status = (await admin('connection.status', {})) as unknown as ConnectionStatus;
  const { connection, state, bySetting, liveNodes, minNodes, maxNodes, limit, eventsPaused, key, writePolicy, events } =
    status;
  const sandbox = runsInProcess(environment) ? undefined : await sandboxOf(server());
  const lines = [
    `${connection}: ${state}${bySetting ? ' by its setting `suspended`' : ''}`,
    `live nodes: ${liveNodes} (the limit counts at least ${minNodes} and at most ${maxNodes})`,
    limit,
    describeKey(key),
    writePolicy,
    events,
    ...(eventsPaused ? ['events are paused: they are acknowledged and held'] : []),
    ...(sandbox === undefined ? [] : [`sandbox: ${sandbox.time}, control ${sandbox.control}`]),
  ];
  return { value: { ...status, sandbox: sandbox ?? null }, text: lines.join('\n') };
}

/** Returns the time of the sandbox of a local server, and the address of its control API. Undefined without a sandbox. */
async function sandboxOf(server: ConnectorServer): Promise<{ time: string; control: string } | undefined> {
  if (!server.url.startsWith('http:')) return undefined;
  try {
    const clock = (await server.get('/_sandbox/time')) as unknown as SandboxClock;
    return { time: clockText(clock), control: `${server.url}/_sandbox/` };
  } catch {
    // The server has no sandbox.
    return undefined;
  }
}

/** `suspend` */
export function suspend(context: CommandContext): Promise<CommandResult> {
  return setState(context, 'connection.suspend', 'suspended: every instance rejects its calls within 2 s of traffic');
}

/** `resume` */
export function resume(context: CommandContext): Promise<CommandResult> {
  return setState(context, 'connection.resume', 'resumed: every instance accepts calls again within 2 s of traffic');
}

async function setState({ admin }: CommandContext, method: string, newState: string): Promise<CommandResult> {
  const value = await admin(method, {});
  const bySetting = value['bySetting'] === true ? '; its setting `suspended` still suspends it' : '';
  return { value, text: `${String(value['connection'])} is ${newState}${bySetting}` };
}
