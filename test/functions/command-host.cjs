/**
 * Runs lines of the built command one after another in this process: a start of Node and of Google's packages takes
 * longer than most lines. Each line has its own arguments, environment, output and exit status, and the command's
 * modules are loaded again. Lines that read standard input or that need options of Node need a process of their own.
 * Started by `startCommandHost`.
 */
const { readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const ENTRY = path.resolve('build/local/main.cjs');
const FOLDER = path.dirname(ENTRY);
/** Compiled once: most lines need no other file. */
const entry = new vm.Script(wrap(readFileSync(ENTRY, 'utf8')), {
  filename: ENTRY,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});

process.on('message', ({ args, env }) => {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    process[name].write = (text, ...rest) => {
      printed[name] += String(text);
      const done = rest.at(-1);
      if (typeof done === 'function') setImmediate(done);
      return true;
    };
  process.exit = (status) => {
    for (const name of ['stdout', 'stderr']) process[name].removeAllListeners('error');
    process.removeAllListeners('SIGINT');
    process.send({ ...printed, status: status ?? process.exitCode ?? 0 });
  };
  process.exitCode = undefined;
  process.argv.splice(1, process.argv.length, ENTRY, ...args);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  for (const file of Object.keys(require.cache)) if (file.startsWith(FOLDER)) delete require.cache[file];
  const module = { exports: {} };
  entry.runInThisContext()(module.exports, createRequire(ENTRY), module, ENTRY, FOLDER);
  // What the parser rejects or prints itself ends at once, without a call of `exit`.
  if (process.exitCode !== undefined) process.exit();
});
