/** Replaces protocol buffers of google-gax that the connector does not use. */
module.exports = {};
