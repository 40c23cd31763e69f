import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Limits } from '../../../shared/rate-limiter/capacity.ts';
import { Helper, nextMessage } from '../helper.ts';
import type { Assignment, Report } from './instances.ts';
import type { Arrival } from './receiver.ts';

export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

export interface Plan {
  readonly name: string;
  readonly instances: number;
  readonly limits: Limits;
  readonly how?: Assignment['how'];
  readonly load?: Assignment['load'];
  readonly endpoints?: Assignment['endpoints'];
  /** The endpoints that the callers of process `index` call, where processes call different ones of `endpoints`. */
  readonly endpointsOf?: (index: number) => Assignment['endpoints'];
  readonly warmUpMs?: number;
  readonly measureMs?: number;
  /** Milliseconds that the wall clock of process `index` is off. */
  readonly skewMs?: (index: number) => number;
  /** What happens while it runs; the time to measure begins with it. */
  readonly drill?: (run: Running) => Promise<void>;
  readonly processes?: number;
}

export interface Running {
  readonly children: readonly ChildProcess[];
  readonly proxy: Helper;
  /** Marks a moment by a name. */
  readonly mark: (name: string) => void;
}

/** What a run showed. Times are microseconds of the shared monotonic clock. */
export interface Result {
  readonly plan: Plan;
  readonly fromUs: number;
  readonly toUs: number;
  readonly reports: readonly Report[];
  /** Of each instance; those of a process that died are one. */
  readonly released: readonly (readonly number[])[];
  /** Of each endpoint, by its key. */
  readonly releasedOf: ReadonlyMap<string, readonly number[]>;
  readonly arrived: readonly Arrival[];
  readonly marks: Readonly<Record<string, number>>;
}

/** What every run needs: an emulator behind a delay, a receiver, and the bundles of the processes. */
export interface Stage {
  readonly folder: string;
  readonly emulatorHost: string;
  readonly proxy: Helper;
  readonly receiver: Helper;
}

/** Milliseconds each way: a Firestore in the same region. */
const DELAY_MS = 8;

/** Sets the stage for an emulator that runs; `processes` are the bundles of `bundles.ts`. */
export async function setStage(folder: string, emulatorHost: string): Promise<Stage & { clear(): void }> {
  const port = emulatorHost.split(':')[1] ?? '';
  const proxy = await Helper.start(folder, 'delay-proxy', [port, String(DELAY_MS)]);
  const receiver = await Helper.start(folder, 'receiver');
  return {
    folder,
    emulatorHost: `127.0.0.1:${proxy.port}`,
    proxy,
    receiver,
    clear() {
      proxy.stop();
      receiver.stop();
    },
  };
}

/** A run that released nothing goes on for a minute at most. */
const MAX_CHECKS = 600;

let runs = 0;

/** Runs instances of one connection in as many processes as the plan wants, and gathers what they saw. */
export async function run(stage: Stage, plan: Plan): Promise<Result> {
  const processes = plan.processes ?? Math.min(plan.instances, plan.instances > 10 ? 10 : plan.instances);
  const connection = `bench-${process.pid}-${(runs += 1)}`;
  const journal = (index: number): string => path.join(stage.folder, `${connection}-${index}.journal`);
  const children = await Promise.all(
    Array.from({ length: processes }, async (_, index) => {
      const assignment: Assignment = {
        connection,
        instances: plan.instances / processes,
        emulatorHost: stage.emulatorHost,
        receiverPort: stage.receiver.port,
        journal: journal(index),
        limits: plan.limits,
        how: plan.how ?? 'limiter',
        load: plan.load ?? { callers: 12 },
        endpoints: plan.endpointsOf?.(index) ?? plan.endpoints ?? [],
      };
      const skewMs = plan.skewMs?.(index) ?? 0;
      const child = fork(path.join(stage.folder, 'instances.cjs'), [JSON.stringify(assignment)], {
        execArgv: ['--require', path.join(stage.folder, 'skew.cjs')],
        env: { ...process.env, SKEW_MS: String(skewMs) },
      });
      await nextMessage(child);
      return child;
    }),
  );
  await stage.receiver.ask('report');
  for (const child of children) child.send('go');
  const marks: Record<string, number> = { go: nowUs() };
  await pause(plan.warmUpMs ?? 6000);
  const fromUs = nowUs();
  await plan.drill?.({ children, proxy: stage.proxy, mark: (name) => (marks[name] = nowUs()) });
  const left = (plan.measureMs ?? 10_000) - (nowUs() - fromUs) / 1000;
  if (left > 0) await pause(left);
  // A busy machine may start slowly: the run lasts until something was released.
  const hasReleased = (): boolean =>
    children.some((_, index) => readJournal(journal(index)).some(({ atUs }) => atUs > fromUs));
  for (let check = 0; check < MAX_CHECKS && !hasReleased(); check += 1) await pause(100);
  const toUs = nowUs();
  const alive = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const reports = await Promise.all(
    alive.map((child) => {
      const report = nextMessage<Report>(child);
      child.send('report');
      return report;
    }),
  );
  const { arrived } = await stage.receiver.ask<{ arrived: Arrival[] }>('report');
  for (const child of children) child.kill('SIGKILL');
  const journals = children.map((_, index) => readJournal(journal(index)));
  const ofDead = journals.filter((_, index) => !alive.some((child) => child === children[index]));
  children.forEach((_, index) => rmSync(journal(index)));
  return {
    plan,
    fromUs,
    toUs,
    reports,
    released: [...reports.flatMap(({ released }) => released), ...ofDead.map((lines) => lines.map(({ atUs }) => atUs))],
    releasedOf: byEndpoint(journals.flat()),
    arrived,
    marks,
  };
}

interface Release {
  readonly atUs: number;
  readonly endpoint: string;
}

function readJournal(file: string): Release[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [atUs, endpoint = ''] = line.split(' ');
    return { atUs: Number(atUs), endpoint };
  });
}

function byEndpoint(releases: readonly Release[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { atUs, endpoint } of releases) times.set(endpoint, [...(times.get(endpoint) ?? []), atUs]);
  return times;
}
