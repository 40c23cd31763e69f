/** Locates files of installed packages. */
import path from 'node:path';

export const modules = path.resolve(import.meta.dirname, '../../node_modules');
export const modulePath = (file) => path.join(modules, file);

/**
 * Returns a pattern that matches the absolute path of a file in `node_modules`, also with the separators of Windows.
 */
export function pathPattern(file) {
  return new RegExp(`${file.replace(/[/.]/g, (sign) => (sign === '/' ? '[\\\\/]' : '\\.'))}$`);
}
