/** Locates files of installed packages. */
import path from 'node:path';

export const modules = path.resolve(import.meta.dirname, '../../node_modules');
export const at = (file) => path.join(modules, file);

/** Returns a pattern for the end of a file's path. */
export function exactly(file) {
  return new RegExp(`${file.replace(/[/.]/g, (sign) => (sign === '/' ? '[\\\\/]' : '\\.'))}$`);
}
