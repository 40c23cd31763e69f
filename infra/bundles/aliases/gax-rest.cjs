/**
 * `google-gax` by its public `fallback` entry (REST), with the two names that generated clients read besides.
 * The main entry loads gRPC.
 */
const fallback = require('google-gax/fallback');
const logging = require('google-logging-utils');

module.exports = { ...fallback, fallback, loggingUtils: logging, decodeAnyProtosInArray: () => {} };
