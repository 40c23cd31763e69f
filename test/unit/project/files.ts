/** The project's own files, for the rules that they are held to. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Paths of the files under a folder whose names end so; none that are built or installed. */
export function filesOf(folder: string, end: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory())
      return ['node_modules', '.build', 'build'].includes(name) ? [] : filesOf(file, end);
    return name.endsWith(end) ? [file] : [];
  });
}

/** The product: functions and shared code. */
export const SOURCES: readonly string[] = [
  ...filesOf('functions', '.ts'),
  ...filesOf('shared', '.ts'),
  ...filesOf('shared', '.tsx'),
];
