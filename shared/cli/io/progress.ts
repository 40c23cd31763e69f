/** Reports the progress of a long command on stderr, so that stdout has the result only. */
export interface Progress {
  /** Replaces the progress line of a terminal. Elsewhere it prints a line at most every ten seconds. */
  show(text: string): void;
  /** Prints a line that stays. */
  note(text: string): void;
  /** Removes the progress line. */
  end(): void;
}

/** A terminal replaces its line often. In a file every line stays, so lines are rare. */
const TERMINAL_INTERVAL_MS = 200;
const FILE_INTERVAL_MS = 10_000;

export function progressOn(
  stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
  isQuiet: boolean,
  nowMs: () => number,
): Progress {
  const intervalMs = stream.isTTY ? TERMINAL_INTERVAL_MS : FILE_INTERVAL_MS;
  let lastShownMs = -Infinity;
  let hasLine = false;
  const clear = (): void => {
    if (hasLine) stream.write('\r\u001b[K');
    hasLine = false;
  };
  return {
    show(text) {
      if (isQuiet || nowMs() - lastShownMs < intervalMs) return;
      lastShownMs = nowMs();
      if (!stream.isTTY) return void stream.write(`${text}\n`);
      clear();
      stream.write(text);
      hasLine = true;
    },
    note(text) {
      clear();
      if (!isQuiet) stream.write(`${text}\n`);
    },
    end: clear,
  };
}
