import type { Fault } from '../../../sandbox/control/faults.ts';
import { sandbox } from '../../api/operator.ts';
import { readConnectionAgain } from '../../state/connection-round.ts';
import { tryAnnounced } from '../../ui/announcer.tsx';

export interface SandboxState {
  readonly time: { readonly now: number; readonly frozen: boolean };
  readonly faults: readonly Fault[];
  readonly rateLimit: { readonly per_second: number | null };
  readonly billing: { readonly retry_days: readonly number[]; readonly after_retries: string };
}

export async function readSandbox(): Promise<SandboxState> {
  const [time, faults, rateLimit, billing] = await Promise.all([
    sandbox<SandboxState['time']>('GET', 'time'),
    sandbox<SandboxState['faults']>('GET', 'faults'),
    sandbox<SandboxState['rateLimit']>('GET', 'rate_limit'),
    sandbox<SandboxState['billing']>('GET', 'billing'),
  ]);
  return { time, faults, rateLimit, billing };
}

/** Sends a command to the sandbox, announces `text` or the error, and reads the state again. */
export async function commandSandbox(text: string, run: () => Promise<unknown>, reload: () => void): Promise<void> {
  await tryAnnounced(async () => {
    await run();
    return text;
  });
  reload();
  readConnectionAgain();
}
