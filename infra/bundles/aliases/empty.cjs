/** Replaces a module that nothing uses. */
module.exports = {};
