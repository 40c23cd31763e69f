'use strict';
exports.hello = (request, response) => response.json({ hello: typeof request.body });
