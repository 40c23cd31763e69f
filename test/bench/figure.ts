/** One line of the table of figures. */
export interface Figure {
  readonly name: string;
  readonly value: number | string;
  /** What the value must be: `<= 1.1`, `>= 0.93`, `0`. */
  readonly bar: string;
  readonly ok: boolean;
  /** What the value is made of. */
  readonly note?: string;
}

export function atMost(name: string, value: number, bar: number, note?: string): Figure {
  return { name, value, bar: `<= ${bar}`, ok: value <= bar, ...(note === undefined ? {} : { note }) };
}

/** Prints figures and sends them to the parent process. Returns how many missed their bar. */
export function report(figures: Iterable<Figure>): number {
  let missed = 0;
  for (const figure of figures) {
    if (!figure.ok) missed += 1;
    console.log(lineOf(figure));
    process.send?.(figure);
  }
  return missed;
}

/** `name value bar ok|MISSED`, and what stands behind it. */
export function lineOf({ name, value, bar, ok, note = '' }: Figure): string {
  const shown = typeof value === 'number' ? String(Number(value.toFixed(value < 10 ? 3 : 1))) : value;
  return [name.padEnd(76), shown.padStart(8), bar.padEnd(8), ok ? 'ok    ' : 'MISSED', note].join('  ').trimEnd();
}
