/**
 * Where a text that was printed differs from what a page shows of it: undefined if it does not. Each line of the page is a
 * line of the output, in the same order. In a line `...` stands for any text; a line that is only `...` stands for any
 * number of lines. Runs of spaces count as one, because a table pads its columns by its longest value.
 */
export function differsFromPrinted(shown: string, output: string): string | undefined {
  const lines = output.split('\n').map(squeezed);
  let at = 0;
  let mayskip = false;
  for (const line of shown.split('\n').map(squeezed).filter(Boolean)) {
    if (line === '...') {
      mayskip = true;
      continue;
    }
    const pattern = patternOf(line);
    while (at < lines.length && (mayskip || lines[at] === '') && !pattern.test(lines[at] ?? '')) at += 1;
    if (at >= lines.length || !pattern.test(lines[at] ?? ''))
      return `the page shows "${line}"; the output is:\n${output}`;
    at += 1;
    mayskip = false;
  }
  const rest = lines.slice(at).filter((line) => line !== '');
  return mayskip || rest.length === 0 ? undefined : `the page does not show "${rest.join(' / ')}"`;
}

function squeezed(line: string): string {
  return line.trim().replace(/ +/g, ' ');
}

function patternOf(line: string): RegExp {
  const parts = line.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`);
}
