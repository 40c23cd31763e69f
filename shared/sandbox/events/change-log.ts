import type { StoredObject } from '../store.ts';

/** The states of an object before and after a request. */
export interface ObjectChange {
  readonly kind: string;
  /** Undefined for an object that the request created. */
  readonly before: StoredObject | undefined;
  /** Undefined for an object that the request deleted. */
  readonly after: StoredObject | undefined;
}

/** An event without a change of state, such as `customer.subscription.trial_will_end`. */
export interface AnnouncedEvent {
  readonly type: string;
  readonly object: object;
}

interface Tracked {
  readonly kind: string;
  readonly object: StoredObject;
  removed?: true;
}

/** What changed in one step of a request. */
export interface ChangeStep {
  readonly changes: readonly ObjectChange[];
  readonly announcements: readonly AnnouncedEvent[];
}

/**
 * Finds the objects of an account that a request has changed. Handlers change objects in place and report nothing. The
 * log compares each object that a request has used with its state after the last request.
 */
export class ChangeLog {
  private readonly candidates = new Map<StoredObject, Tracked>();
  private readonly lastState = new WeakMap<StoredObject, string>();
  /** State at the beginning of the request, of the objects whose change already belongs to a step. */
  private readonly stateBefore = new Map<StoredObject, string | undefined>();
  private stepCountBefore = 0;
  private announcements: AnnouncedEvent[] = [];
  private steps: ChangeStep[] = [];

  /** Notes an object that a handler has got from the store and may change. */
  touch(kind: string, object: StoredObject): void {
    if (!this.candidates.has(object)) this.candidates.set(object, { kind, object });
  }

  recordRemoval(kind: string, object: StoredObject): void {
    this.candidates.set(object, { kind, object, removed: true });
  }

  announce(type: string, object: object): void {
    this.announcements.push({ type, object: structuredClone(object) });
  }

  /**
   * Ends a step of a request. A request may take an object through several states: an invoice is drafted, finalized and
   * paid. Each step has its own events, with the state of the object at that time.
   */
  endStep(): void {
    const step = this.compare();
    if (step.changes.length > 0 || step.announcements.length > 0) this.steps.push(step);
  }

  /** Returns the steps since the last call. */
  take(): readonly ChangeStep[] {
    this.endStep();
    this.candidates.clear();
    const { steps } = this;
    this.steps = [];
    return steps;
  }

  /** Returns the changes of this step, in the order in which the objects were first used. */
  private compare(): ChangeStep {
    const changes: ObjectChange[] = [];
    for (const [candidate, { kind, object, removed }] of this.candidates) {
      const previousState = this.lastState.get(object);
      const state = JSON.stringify(object);
      if ((removed === true || previousState !== state) && !this.stateBefore.has(object))
        this.stateBefore.set(object, previousState);
      if (removed === true) {
        this.lastState.delete(object);
        this.candidates.delete(candidate);
        if (previousState !== undefined)
          changes.push({ kind, before: JSON.parse(previousState) as StoredObject, after: undefined });
      } else if (previousState !== state) {
        this.lastState.set(object, state);
        changes.push({
          kind,
          before: previousState === undefined ? undefined : (JSON.parse(previousState) as StoredObject),
          after: JSON.parse(state) as StoredObject,
        });
      }
    }
    const { announcements } = this;
    this.announcements = [];
    return { changes, announcements };
  }

  /** Begins a request. Earlier changes, for example by a page of the sandbox, become a step of their own. */
  begin(): void {
    this.endStep();
    this.stateBefore.clear();
    this.stepCountBefore = this.steps.length;
  }

  /** Restores every object to its state at the beginning of the request, and drops the request's events. */
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

  /** Forgets the noted objects, after a request that cannot change anything. */
  forget(): void {
    this.candidates.clear();
  }
}
