/** Preloaded into a server that is measured: answers its parent's message with the longest stall of the event loop since the last. */
'use strict';
const { monitorEventLoopDelay } = require('node:perf_hooks');

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  // The turn that is under way counts too.
  setTimeout(() => {
    const stalledMs = delay.max / 1e6;
    delay.reset();
    process.send({ stalledMs });
  }, 5);
});
// The parent ends it.
process.channel.unref();
