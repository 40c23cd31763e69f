import { setTimeout as pause } from 'node:timers/promises';
import { DURATION_FORM, timeAfter } from '../../../sandbox/control/duration.ts';
import type { CommandContext, CommandResult } from '../../commands/definition.ts';
import { CommandFailure, UsageError } from '../../io/exit.ts';
import { isoTime } from '../../io/print.ts';
import type { ConnectorServer } from '../../io/server.ts';

/** The time of the sandbox in Unix seconds. */
export interface SandboxClock {
  readonly now: number;
  /** True if the time is stopped. */
  readonly frozen: boolean;
}

const CLOCK_POLL_MS = 500;
/** Five minutes: Stripe advances a test clock within minutes. https://docs.stripe.com/billing/testing/test-clocks */
const MAX_CLOCK_POLLS = 600;

/** `2026-12-27T20:48:23Z (stopped)` */
export function clockText({ now, frozen }: SandboxClock): string {
  return `${isoTime(now)}${frozen ? ' (stopped)' : ''}`;
}

/** `sandbox time`. With `--resume` a stopped time passes again. */
export async function sandboxTime(context: CommandContext): Promise<CommandResult> {
  const server = context.server();
  const clock = context.flag('resume')
    ? await server.call('_sandbox/time', { resume: true })
    : await server.get('/_sandbox/time');
  return clockResult(clock as unknown as SandboxClock);
}

/** `sandbox advance --by "1 month"`, `--to TIME`; with `--test-clock ID` one test clock in place of the whole sandbox. */
export async function advanceTime(context: CommandContext): Promise<CommandResult> {
  const [by, to, testClock] = ['by', 'to', 'testClock'].map((name) => context.text(name));
  if ((by === undefined) === (to === undefined)) throw new UsageError('name --by DURATION or --to TIME');
  if (by !== undefined && timeAfter(0, by) === undefined) throw new UsageError(`--by must be ${DURATION_FORM}: ${by}`);
  const server = context.server();
  if (testClock !== undefined) return advanceTestClock(context, server, testClock, { by, to });
  const answer = await server.call('_sandbox/time', by === undefined ? { now: to } : { advance: by });
  return clockResult(answer as unknown as SandboxClock);
}

function clockResult(clock: SandboxClock): CommandResult {
  return { value: clock, text: clockText(clock) };
}

/** Advances a test clock, and waits until Stripe has processed what is due. */
async function advanceTestClock(
  { progress, signal }: CommandContext,
  server: ConnectorServer,
  id: string,
  { by, to }: { readonly by: string | undefined; readonly to: string | undefined },
): Promise<CommandResult> {
  const read = async (): Promise<{ FrozenTime: number; Status: string }> => {
    const { connectorOutputPayload: row } = await server.call('get-entity', {
      entity: 'TestHelpers.TestClock',
      entityId: id,
    });
    return row as { FrozenTime: number; Status: string };
  };
  const { FrozenTime: before } = await read();
  const time = by === undefined ? secondsOfTime(to ?? '') : timeAfter(before, by);
  await server.call('execute-action', {
    action: 'AdvanceTestClock',
    connectorInputPayload: { TestClockId: id, FrozenTime: time },
  });
  for (let polls = 0; polls < MAX_CLOCK_POLLS; polls += 1) {
    const { Status: status, FrozenTime: now } = await read();
    if (status === 'ready') return { value: { id, now, status }, text: `${id} is at ${isoTime(now)}` };
    if (status !== 'advancing') throw new CommandFailure(`the test clock ${id} is ${status}`);
    progress.show(`${id} is advancing`);
    await pause(CLOCK_POLL_MS, undefined, { signal });
  }
  throw new CommandFailure(
    `the test clock ${id} is still advancing; get TestHelpers.TestClock ${id} shows when it is ready`,
  );
}

function secondsOfTime(text: string): number {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(seconds)) throw new UsageError(`--to must be a time such as 2026-12-31, or Unix seconds: ${text}`);
  return Math.floor(seconds);
}
