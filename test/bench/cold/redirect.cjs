/** Preloaded into every process of the bench alike: what is meant for Google and Stripe goes to loopback, its name and TLS as they are. */
'use strict';
const tls = require('node:tls');
const connect = tls.connect;
tls.connect = function (...args) {
  const [options] = args;
  if (typeof options === 'object' && options !== null && /\.(googleapis|stripe)\.com$/.test(options.host ?? ''))
    args[0] = {
      ...options,
      servername: options.servername ?? options.host,
      host: '127.0.0.1',
      port: Number(process.env.BENCH_TLS_PORT),
    };
  return connect.apply(this, args);
};
