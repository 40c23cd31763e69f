import { MAX_TEXT_LENGTH, MAX_SUGGESTIONS, MAX_VIOLATIONS, quoted } from './bounds.ts';

/** One thing wrong with one input. `field` is the path as the caller wrote it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** A description, or how it is made once it is shown. `suggests`: whether the nearest known name is searched for it. */
export type Description = string | ((suggests: boolean) => string);

interface Noted {
  readonly field: string;
  readonly description: Description;
}

/**
 * What is wrong with one input, at a cost that does not grow with the number of mistakes: the first ones are kept, the
 * others counted, and words are made only of those that are shown.
 */
export class Violations {
  private readonly noted: Noted[] = [];
  private all = 0;

  get count(): number {
    return this.all;
  }

  add(field: string, description: Description): void {
    this.all += 1;
    if (this.noted.length < MAX_VIOLATIONS) this.noted.push({ field, description });
  }

  /** Takes what another one noted, as if it had been noted here. */
  adopt(other: Violations): void {
    for (const { field, description } of other.noted) this.add(field, description);
    this.all += other.all - other.noted.length;
  }

  /** As an answer shows them. */
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

/** A list that was made elsewhere, by the same bounds. */
export function violationsOf(list: readonly FieldViolation[]): Violations {
  const violations = new Violations();
  for (const { field, description } of list) violations.add(field, description);
  return violations;
}
