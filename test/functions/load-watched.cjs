/** `node load-watched.cjs FOLDER`: loads a function as the framework does, and tells what it touched meanwhile. */
'use strict';
const diagnostics = require('node:diagnostics_channel');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const folder = path.resolve(process.argv[2]);
const touched = { read: [], environment: [], modules: [], channels: [], resources: [] };

for (const name of ['readFileSync', 'writeFileSync', 'openSync']) {
  const original = fs[name];
  fs[name] = (file, ...rest) => {
    touched.read.push(path.relative(folder, String(file)));
    return original(file, ...rest);
  };
}
const load = Module._load;
Module._load = (request, ...rest) => {
  touched.modules.push(request);
  return load(request, ...rest);
};
const subscribe = diagnostics.subscribe;
diagnostics.subscribe = (name, listener) => {
  touched.channels.push(name);
  return subscribe(name, listener);
};
process.env = new Proxy(process.env, {
  get(target, name) {
    if (typeof name === 'string') touched.environment.push(name);
    return target[name];
  },
});
const before = process.getActiveResourcesInfo().length;
require(path.join(folder, 'index.cjs'));
touched.resources = process.getActiveResourcesInfo().slice(before);
const unique = Object.fromEntries(Object.entries(touched).map(([what, all]) => [what, [...new Set(all)].sort()]));
process.stdout.write(JSON.stringify(unique));
