/** The API version that the catalogue is of: the SDK's own. */
export const API_VERSION = '2026-10-28.endive';
