/** The API version of the catalog: the SDK's. */
export const API_VERSION = '2026-10-28.endive';
