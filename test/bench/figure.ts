/** One line of the table of figures. Below or at the bar is ok. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
  readonly ok: boolean;
  /** What the value is made of. */
  readonly note?: string;
}

export function figure(name: string, value: number, bar: number, note?: string): Figure {
  return { name, value, bar, ok: value <= bar, ...(note === undefined ? {} : { note }) };
}

export function tableOf(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, bar, ok, note = '' }) =>
      [name.padEnd(width), value.toFixed(2).padStart(8), String(bar).padStart(6), ok ? 'ok    ' : 'MISSED', note]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
