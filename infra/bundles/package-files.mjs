/** Where files of installed packages are. */
import path from 'node:path';

export const modules = path.resolve(import.meta.dirname, '../../node_modules');
export const at = (file) => path.join(modules, file);

/** The end of a file's path, as a pattern. */
export function exactly(file) {
  return new RegExp(`${file.replace(/[/.]/g, (sign) => (sign === '/' ? '[\\\\/]' : '\\.'))}$`);
}
