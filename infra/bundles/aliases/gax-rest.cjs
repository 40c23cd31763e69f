/**
 * `google-gax` by its public `fallback` entry (REST), with the two further names that generated clients read. The main
 * entry would load gRPC.
 */
const fallback = require('google-gax/fallback');
const logging = require('google-logging-utils');

module.exports = { ...fallback, fallback, loggingUtils: logging, decodeAnyProtosInArray: () => {} };
