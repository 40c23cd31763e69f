import { MAX_TEXT_LENGTH, MAX_SUGGESTIONS, MAX_VIOLATIONS, quoted } from './bounds.ts';

/** One problem of one input. `field` is the path in the caller's input. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** A description, or a function that creates it when needed. `suggests`: whether to search the nearest known name. */
export type Description = string | ((suggests: boolean) => string);

interface Noted {
  readonly field: string;
  readonly description: Description;
}

/**
 * Collects the violations of an input at a cost that does not grow with their number: it keeps the first ones, counts
 * the others, and creates descriptions only for those that are shown.
 */
export class Violations {
  private readonly noted: Noted[] = [];
  private all = 0;

  /** `max`: how many are kept. */
  constructor(private readonly max: number = MAX_VIOLATIONS) {}

  get count(): number {
    return this.all;
  }

  add(field: string, description: Description): void {
    this.all += 1;
    if (this.noted.length < this.max) this.noted.push({ field, description });
  }

  /** Adds the violations of another collector. */
  adopt(other: Violations): void {
    for (const { field, description } of other.noted) this.add(field, description);
    this.all += other.all - other.noted.length;
  }

  /** Returns the violations for a response. */
  list(): FieldViolation[] {
    return this.noted.map(({ field, description }, index) => ({
      field: quoted(field),
      description: quoted(
        typeof description === 'string' ? description : description(index < MAX_SUGGESTIONS),
        MAX_TEXT_LENGTH,
      ),
    }));
  }
}

/** Applies the same limits to an existing list. */
export function violationsOf(list: readonly FieldViolation[]): Violations {
  const violations = new Violations();
  for (const { field, description } of list) violations.add(field, description);
  return violations;
}
