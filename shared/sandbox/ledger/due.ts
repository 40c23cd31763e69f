import type { Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { StoredObject } from '../store.ts';

/**
 * A change that the sandbox makes later, without a request: for example, funds become available, a refund fails or a
 * payout arrives.
 */
export interface ScheduledTask {
  /** Unix seconds. */
  readonly at: number;
  /** The name of the handler that runs the task, such as `refund.fail`. */
  readonly what: string;
  readonly kind: string;
  readonly id: string;
  /** Id of the test clock whose time decides when the task is due. If absent, the sandbox's time decides. */
  readonly clock?: string | undefined;
}

/** Key of the pending tasks in the private data of an account. */
const PENDING_TASKS = 'due';

function pendingTasks({ account }: Context): readonly ScheduledTask[] {
  return (account.privateData.get(PENDING_TASKS) ?? []) as readonly ScheduledTask[];
}

/** Returns the test clock of an object or of its customer. */
export function clockOf({ account }: Context, object: StoredObject): StoredObject | undefined {
  const customer = account.get('customer', String(object['customer']));
  const id = object['test_clock'] ?? customer?.['test_clock'];
  return typeof id === 'string' ? account.get('test_helpers.test_clock', id) : undefined;
}

/**
 * Schedules a task for an object. The first request at or after the time `at` runs the task. If the object has a test
 * clock, the task runs when the test clock is advanced to or beyond this time.
 */
export function scheduleTask(context: Context, at: number, handlerName: string, object: StoredObject): void {
  const clock = clockOf(context, object)?.id;
  const task: ScheduledTask = {
    at,
    what: handlerName,
    kind: object.object,
    id: object.id,
    clock,
  };
  context.account.privateData.set(PENDING_TASKS, [...pendingTasks(context), task]);
}

/**
 * Returns the earliest pending task of a test clock. Without `clock`, returns the earliest task that depends on the
 * sandbox's time.
 */
export function nextTask(context: Context, clock?: string): ScheduledTask | undefined {
  return pendingTasks(context)
    .filter((task) => task.clock === clock)
    .reduce<ScheduledTask | undefined>(
      (first, task) => (first === undefined || task.at < first.at ? task : first),
      undefined,
    );
}

/** Runs one task and removes it. The handler gets the time of the task as the current time. */
export function runTask(context: Context, task: ScheduledTask, handlers: NonNullable<Feature['scheduled']>): void {
  context.account.privateData.set(
    PENDING_TASKS,
    pendingTasks(context).filter((candidate) => candidate !== task),
  );
  const object = context.account.get(task.kind, task.id);
  if (object !== undefined) handlers[task.what]?.({ ...context, now: task.at, params: {} }, object);
  // Each task has its own events.
  context.account.changes.endStep();
}

/**
 * Runs all due tasks that depend on the sandbox's time, oldest first, including due tasks that the handlers schedule.
 * Returns whether a task has run.
 */
export function runDueTasks(context: Context, handlers: NonNullable<Feature['scheduled']>): boolean {
  let hasRun = false;
  let task = nextTask(context);
  while (task !== undefined && task.at <= context.now) {
    runTask(context, task, handlers);
    hasRun = true;
    task = nextTask(context);
  }
  return hasRun;
}
