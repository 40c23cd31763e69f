/**
 * Zips the files of a function. The same files give the same bytes on any machine at any time, because the names are
 * sorted, the date and the compression level are fixed, and no owner is stored. A Terraform plan therefore shows only
 * functions whose files changed.
 */
import { zipSync } from 'fflate';

/** The first date that a zip can store. Zip stores local time, so the date is local too. */
const DATE = new Date(1980, 0, 1);

/** Returns the bytes of the zip. `files` has the contents by path. */
export function functionZip(files) {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: DATE });
}
