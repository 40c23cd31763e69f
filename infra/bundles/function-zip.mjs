/**
 * Zips the files of a function. The same files give the same bytes on any machine at any time: sorted names, a fixed
 * date, one compression level, no owner. A plan therefore only shows real changes.
 */
import { zipSync } from 'fflate';

/** The first date that a zip can store. Zip stores local time, so the date is local too. */
const DATE = new Date(1980, 0, 1);

/** `files`: contents by path. */
export function functionZip(files) {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: DATE });
}
