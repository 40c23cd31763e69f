import type { Stored } from '../store.ts';

/** One object as it was before a request, and after it. */
export interface ObjectChange {
  readonly kind: string;
  /** Undefined for an object that the request created. */
  readonly before: Stored | undefined;
  /** Undefined for an object that the request deleted. */
  readonly after: Stored | undefined;
}

/** An event without a change of state, such as `customer.subscription.trial_will_end`. */
export interface AnnouncedEvent {
  readonly type: string;
  readonly object: object;
}

interface Tracked {
  readonly kind: string;
  readonly object: Stored;
  removed?: true;
}

/** What changed between two steps of one request. */
export interface ChangeStep {
  readonly changes: readonly ObjectChange[];
  readonly announcements: readonly AnnouncedEvent[];
}

/**
 * The objects of an account that a request may have changed, and how each was when the last request ended.
 * Handlers change objects in place; the comparison finds what they changed, so that no handler has to report it.
 */
export class ChangeLog {
  private readonly candidates = new Map<Stored, Tracked>();
  private readonly last = new WeakMap<Stored, string>();
  /** Of the objects whose change belongs to a step already: how each was when the request began. */
  private readonly first = new Map<Stored, string | undefined>();
  private stepsBefore = 0;
  private announcements: AnnouncedEvent[] = [];
  private steps: ChangeStep[] = [];

  /** An object that was handed out: the caller may change it. */
  touch(kind: string, object: Stored): void {
    if (!this.candidates.has(object)) this.candidates.set(object, { kind, object });
  }

  removed(kind: string, object: Stored): void {
    this.candidates.set(object, { kind, object, removed: true });
  }

  announce(type: string, object: object): void {
    this.announcements.push({ type, object: structuredClone(object) });
  }

  /**
   * Ends a step of a request that takes an object through several states: an invoice is drafted, finalized and paid. Each
   * step has its own events, with the object as it was then.
   */
  endStep(): void {
    const step = this.compare();
    if (step.changes.length > 0 || step.announcements.length > 0) this.steps.push(step);
  }

  /** What changed since the last call, step by step. */
  take(): readonly ChangeStep[] {
    this.endStep();
    this.candidates.clear();
    const { steps } = this;
    this.steps = [];
    return steps;
  }

  /** The changes of this step, in the order in which objects were first used. */
  private compare(): ChangeStep {
    const changes: ObjectChange[] = [];
    for (const [candidate, { kind, object, removed }] of this.candidates) {
      const old = this.last.get(object);
      const now = JSON.stringify(object);
      if ((removed === true || old !== now) && !this.first.has(object)) this.first.set(object, old);
      if (removed === true) {
        this.last.delete(object);
        this.candidates.delete(candidate);
        if (old !== undefined) changes.push({ kind, before: JSON.parse(old) as Stored, after: undefined });
      } else if (old !== now) {
        this.last.set(object, now);
        changes.push({
          kind,
          before: old === undefined ? undefined : (JSON.parse(old) as Stored),
          after: JSON.parse(now) as Stored,
        });
      }
    }
    const { announcements } = this;
    this.announcements = [];
    return { changes, announcements };
  }

  /** A request begins. What changed before it, on a page of the sandbox, is a step of its own. */
  begin(): void {
    this.endStep();
    this.first.clear();
    this.stepsBefore = this.steps.length;
  }

  /** Every object is again as it was when the request began, and no event is left of it. */
  undo(): void {
    for (const object of this.candidates.keys())
      if (!this.first.has(object)) this.first.set(object, this.last.get(object));
    for (const [object, before] of this.first) {
      if (before === undefined) this.last.delete(object);
      else if (JSON.stringify(object) !== before) {
        for (const name of Object.keys(object)) Reflect.deleteProperty(object, name);
        Object.assign(object, JSON.parse(before));
      }
      if (before !== undefined) this.last.set(object, before);
    }
    this.steps.length = this.stepsBefore;
    this.announcements = [];
    this.forget();
    this.first.clear();
  }

  /** Forgets what was handed out to a request that cannot change anything. */
  forget(): void {
    this.candidates.clear();
  }
}
