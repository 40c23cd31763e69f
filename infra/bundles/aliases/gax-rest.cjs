/**
 * Replaces `google-gax` by its public `fallback` entry (REST), because the main entry loads gRPC. Adds the two names
 * that generated clients read and that the entry does not export.
 */
const fallback = require('google-gax/fallback');
const logging = require('google-logging-utils');

module.exports = { ...fallback, fallback, loggingUtils: logging, decodeAnyProtosInArray: () => {} };
