import type { Fault } from '../../../sandbox/control/faults.ts';
import { requestSandbox } from '../../api/operator.ts';
import { reloadConnection } from '../../state/connection-revision.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';

export interface SandboxState {
  readonly time: { readonly now: number; readonly frozen: boolean };
  readonly faults: readonly Fault[];
  readonly rateLimit: { readonly per_second: number | null };
  readonly billing: { readonly retry_days: readonly number[]; readonly after_retries: string };
}

export async function readSandbox(): Promise<SandboxState> {
  const [time, faults, rateLimit, billing] = await Promise.all([
    requestSandbox<SandboxState['time']>('GET', 'time'),
    requestSandbox<SandboxState['faults']>('GET', 'faults'),
    requestSandbox<SandboxState['rateLimit']>('GET', 'rate_limit'),
    requestSandbox<SandboxState['billing']>('GET', 'billing'),
  ]);
  return { time, faults, rateLimit, billing };
}

/** Sends a command to the sandbox, announces `text` or the error, and reads the state again. */
export async function runSandboxCommand(text: string, run: () => Promise<unknown>, reload: () => void): Promise<void> {
  await runAndAnnounce(async () => {
    await run();
    return text;
  });
  reload();
  reloadConnection();
}
