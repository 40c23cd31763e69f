/** `readable-stream` is Node's own `stream`, for older versions of Node. */
module.exports = require('node:stream');
