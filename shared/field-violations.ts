import { MAX_TEXT_LENGTH, MAX_SUGGESTIONS, MAX_VIOLATIONS, quoted } from './bounds.ts';

/** One problem of one input. `field` is the path in the caller's input. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * A description, or a function that creates it. `suggests` is true if the description should suggest the nearest known
 * name.
 */
export type Description = string | ((suggests: boolean) => string);

interface LazyViolation {
  readonly field: string;
  readonly description: Description;
}

/**
 * Collects the violations of an input. It keeps the first `max` violations and only counts the rest, so that an input
 * with many violations does not take more time or memory. Descriptions that are functions are called by `list`.
 */
export class Violations {
  private readonly kept: LazyViolation[] = [];
  private total = 0;

  /** @param max number of violations to keep */
  constructor(private readonly max: number = MAX_VIOLATIONS) {}

  get count(): number {
    return this.total;
  }

  add(field: string, description: Description): void {
    this.total += 1;
    if (this.kept.length < this.max) this.kept.push({ field, description });
  }

  /** Adds the violations of another collector. */
  adopt(other: Violations): void {
    for (const { field, description } of other.kept) this.add(field, description);
    this.total += other.total - other.kept.length;
  }

  /** Returns the violations for a response. */
  list(): FieldViolation[] {
    return this.kept.map(({ field, description }, index) => ({
      field: quoted(field),
      description: quoted(
        typeof description === 'string' ? description : description(index < MAX_SUGGESTIONS),
        MAX_TEXT_LENGTH,
      ),
    }));
  }
}

/** Returns a collector with the violations of a list. */
export function violationsOf(list: readonly FieldViolation[]): Violations {
  const violations = new Violations();
  for (const { field, description } of list) violations.add(field, description);
  return violations;
}
