/**
 * Replaces `google-gax` by its public `fallback` entry (REST), because the main entry loads gRPC. Adds `loggingUtils`
 * and `decodeAnyProtosInArray`, which generated clients import and `fallback` does not export.
 */
const fallback = require('google-gax/fallback');
const logging = require('google-logging-utils');

module.exports = { ...fallback, fallback, loggingUtils: logging, decodeAnyProtosInArray: () => {} };
