/** Replaces `readable-stream`, a copy of Node's `stream` for older versions of Node, by Node's module. */
module.exports = require('node:stream');
