import type { StoredObject } from '../store.ts';

/** The states of an object before and after a request. */
export interface ObjectChange {
  readonly kind: string;
  /** Undefined for an object that the request created. */
  readonly before: StoredObject | undefined;
  /** Undefined for an object that the request deleted. */
  readonly after: StoredObject | undefined;
}

/** An event that is not the effect of a change, such as `customer.subscription.trial_will_end`. */
export interface AnnouncedEvent {
  readonly type: string;
  readonly object: object;
}

/** An object that the request has used. */
interface Tracked {
  readonly kind: string;
  readonly object: StoredObject;
  removed?: true;
}

/** The changes of one step of a request, and the events that are not the effect of a change. */
export interface ChangeStep {
  readonly changes: readonly ObjectChange[];
  readonly announcements: readonly AnnouncedEvent[];
}

/**
 * Finds the objects of an account that a request has changed. Handlers change objects in place and do not report the
 * changes. Therefore the log records each object that a request uses, and compares the object's state with the state at
 * the end of the last step.
 */
export class ChangeLog {
  /** The objects that the request has used and may have changed. */
  private readonly candidates = new Map<StoredObject, Tracked>();
  /** JSON of each object at the end of the last step. */
  private readonly lastState = new WeakMap<StoredObject, string>();
  /** JSON of each changed object at the beginning of the request. Undefined for an object that the request created. */
  private readonly stateBefore = new Map<StoredObject, string | undefined>();
  /** Number of steps at the beginning of the request. */
  private stepCountBefore = 0;
  private announcements: AnnouncedEvent[] = [];
  private steps: ChangeStep[] = [];

  /** Records an object that a handler has stored, or has read from the store and may change. */
  touch(kind: string, object: StoredObject): void {
    if (!this.candidates.has(object)) this.candidates.set(object, { kind, object });
  }

  /** Records the deletion of an object. */
  recordRemoval(kind: string, object: StoredObject): void {
    this.candidates.set(object, { kind, object, removed: true });
  }

  /** Adds an event that is not the effect of a change. */
  announce(type: string, object: object): void {
    this.announcements.push({ type, object: structuredClone(object) });
  }

  /**
   * Ends a step of a request. One request may change an object several times: for example, it drafts, finalizes and
   * pays an invoice. Each step has events of its own, which contain the object as it was at the end of the step.
   */
  endStep(): void {
    const step = { changes: this.collectChanges(), announcements: this.announcements };
    this.announcements = [];
    if (step.changes.length > 0 || step.announcements.length > 0) this.steps.push(step);
  }

  /** Returns the steps since the last call, and removes them from the log. */
  take(): readonly ChangeStep[] {
    this.endStep();
    this.candidates.clear();
    const { steps } = this;
    this.steps = [];
    return steps;
  }

  /** Returns the changes of this step, in the order in which the objects were first used. */
  private collectChanges(): ObjectChange[] {
    const changes: ObjectChange[] = [];
    for (const tracked of this.candidates.values()) {
      const change = this.collectChange(tracked);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  /**
   * Returns the change of an object since the last step, and records the current state for the next step. Undefined if
   * the object has not changed.
   */
  private collectChange({ kind, object, removed }: Tracked): ObjectChange | undefined {
    const previousState = this.lastState.get(object);
    const state = removed === true ? undefined : JSON.stringify(object);
    if (removed !== true && previousState === state) return undefined;
    if (!this.stateBefore.has(object)) this.stateBefore.set(object, previousState);
    if (state === undefined) {
      this.lastState.delete(object);
      this.candidates.delete(object);
      // An object that is created and deleted in one step counts as unchanged.
      if (previousState === undefined) return undefined;
    } else {
      this.lastState.set(object, state);
    }
    return { kind, before: parseState(previousState), after: parseState(state) };
  }

  /**
   * Begins a request. Changes since the last step, for example by a page of the sandbox, become a step of their own.
   */
  begin(): void {
    this.endStep();
    this.stateBefore.clear();
    this.stepCountBefore = this.steps.length;
  }

  /** Restores every object to its state at the beginning of the request, and removes the steps of the request. */
  undo(): void {
    for (const object of this.candidates.keys())
      if (!this.stateBefore.has(object)) this.stateBefore.set(object, this.lastState.get(object));
    for (const [object, before] of this.stateBefore) {
      if (before === undefined) this.lastState.delete(object);
      else if (JSON.stringify(object) !== before) {
        for (const name of Object.keys(object)) Reflect.deleteProperty(object, name);
        Object.assign(object, JSON.parse(before));
      }
      if (before !== undefined) this.lastState.set(object, before);
    }
    this.steps.length = this.stepCountBefore;
    this.announcements = [];
    this.forget();
    this.stateBefore.clear();
  }

  /** Removes the recorded objects from the log without comparing them, for example after a request that only reads. */
  forget(): void {
    this.candidates.clear();
  }
}

function parseState(state: string | undefined): StoredObject | undefined {
  return state === undefined ? undefined : (JSON.parse(state) as StoredObject);
}
