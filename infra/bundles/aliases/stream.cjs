/** `readable-stream` is Node's `stream` for older versions of Node. */
module.exports = require('node:stream');
