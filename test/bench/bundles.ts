import { build } from 'esbuild';

const PROCESSES = ['bench', 'instances', 'delay-proxy', 'receiver', 'skew'];

/** Bundles the processes of the limiter's bench, each for itself, into a folder. */
export function bundleProcesses(outdir: string): Promise<void> {
  return bundle(
    PROCESSES.map((name) => `test/bench/limiter/${name}.ts`),
    outdir,
  );
}

/** Bundles programs that load Google's packages, which are CommonJS. */
export async function bundle(entryPoints: string[], outdir: string): Promise<void> {
  await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
  });
}
