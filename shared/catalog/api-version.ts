/** The version of Stripe's API that the catalog describes. It is the version of the SDK that generated the catalog. */
export const API_VERSION = '2026-10-28.endive';
