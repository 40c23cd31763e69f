import { googleAuthLibrary, grpc } from 'google-gax';

/** Milliseconds: a service that is back is found at once, not after gRPC's own two minutes. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 400 };

/** Of a Google client over gRPC. `emulatorHost` is `host:port`: clear text and no credentials there. */
export function grpcOptions(emulatorHost: string | undefined): object {
  if (emulatorHost === undefined) return RECONNECT;
  const [host, port] = emulatorHost.split(':');
  return {
    ...RECONNECT,
    servicePath: host ?? '127.0.0.1',
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new googleAuthLibrary.PassThroughClient(),
  };
}
