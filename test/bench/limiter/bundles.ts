import { build } from 'esbuild';

const PROCESSES = ['bench', 'instances', 'delay-proxy', 'receiver', 'skew'];

/** Bundles the processes of the limiter's bench, each for itself, into a folder. */
export async function bundleProcesses(outdir: string): Promise<void> {
  await build({
    entryPoints: PROCESSES.map((name) => `test/bench/limiter/${name}.ts`),
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
