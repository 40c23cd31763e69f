import type { ConnectionStatus } from '../../management/admin/connection-methods.ts';
import type { CommandContext, CommandResult } from '../commands/row.ts';

/** `status` */
export async function showStatus({ admin }: CommandContext): Promise<CommandResult> {
  const status = (await admin('connection.status', {})) as unknown as ConnectionStatus;
  const { connection, state, bySetting, liveNodes, minNodes, maxNodes, limit, eventsPaused } = status;
  const lines = [
    `${connection}: ${state}${bySetting ? ' by its setting `suspended`' : ''}`,
    `live nodes: ${liveNodes} (of ${minNodes} to ${maxNodes} that count)`,
    limit,
    ...(eventsPaused ? ['events are paused: they are acknowledged and held'] : []),
  ];
  return { value: status, text: lines.join('\n') };
}

/** `suspend` */
export function suspend(context: CommandContext): Promise<CommandResult> {
  return setState(context, 'connection.suspend', 'suspended: every instance rejects its calls within 2 s of traffic');
}

/** `resume` */
export function resume(context: CommandContext): Promise<CommandResult> {
  return setState(context, 'connection.resume', 'resumed: every instance accepts calls again within 2 s of traffic');
}

async function setState({ admin }: CommandContext, method: string, words: string): Promise<CommandResult> {
  const value = await admin(method, {});
  const bySetting = value['bySetting'] === true ? '; its setting `suspended` still suspends it' : '';
  return { value, text: `${String(value['connection'])} is ${words}${bySetting}` };
}
