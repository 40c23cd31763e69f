/**
 * `npm run connection -- check FILE [--live] | preflight --project P | suspend | resume | status`: checks a settings file
 * and, with --live, everything it names; checks a project before the first deployment; suspends and resumes a connection
 * on all its instances without a deployment.
 */
import { readFileSync } from 'node:fs';
import { capacity } from '../rate-limiter/capacity.ts';
import { LIFE_US } from '../rate-limiter/membership.ts';
import { isSuspended, SUSPENDED_US } from '../rate-limiter/suspension.ts';
import { formatLimit } from '../dev-server/announce.ts';
import { deploymentOf } from '../config/load.ts';
import { fileText } from '../config/file-text.ts';
import { createApp, type App } from '../app.ts';
import { checkFile, settingsProblems } from './check-settings.ts';
import { checkLive } from './check-live.ts';
import { command, sharedConnection } from './command.ts';
import { accessToken, formatChecks, preflight, preflightOptions } from './preflight/preflight.ts';

const STDERR = (line: string): void => void process.stderr.write(`${line}\n`);

const USAGE = `npm run connection -- check FILE [--live] | suspend | resume | status
npm run connection -- preflight --project P [--region R] [--location L] [--database D] [--max-nodes N] [--secret S]
                                [--public-webhook]`;

command(USAGE, async ([verb, ...args]) => {
  const file = args.find((arg) => !arg.startsWith('--'));
  switch (verb) {
    case 'check':
      return file === undefined ? undefined : check(file, args.includes('--live'));
    case 'preflight':
      return preflightProject(args);
    case 'suspend':
      return hold(
        sharedConnection(),
        SUSPENDED_US,
        'suspended: every instance rejects its calls within 2 s of traffic',
      );
    case 'resume':
      return hold(sharedConnection(), 0, 'resumed: every instance accepts calls again within 2 s of traffic');
    case 'status':
      return status(sharedConnection());
    default:
      return undefined;
  }
});

async function check(file: string, live: boolean): Promise<string> {
  const problems = checkFile(file, (name) => fileText(readFileSync(name)), process.env['STRIPE_API_BASE']);
  if (problems.length > 0) throw settingsProblems(file, problems);
  if (!live) return `${file}: no problems`;
  const environment = { ...process.env, CONNECTION_SETTINGS: undefined, CONNECTION_SETTINGS_FILE: file };
  const world = createApp(deploymentOf(environment), STDERR);
  const lines = await checkLive(world);
  await world.shutdown();
  if (lines.some(({ passed }) => !passed)) process.exitCode = 1;
  return lines
    .map(({ passed, what, detail }) => `${passed ? 'passed' : 'FAILED'}  ${what}${detail === '' ? '' : `: ${detail}`}`)
    .join('\n');
}

async function preflightProject(args: readonly string[]): Promise<string | undefined> {
  const options = preflightOptions(args);
  if (options === undefined) return undefined;
  const checks = await preflight(fetch, accessToken(process.env), options);
  if (checks.some(({ status: outcome }) => outcome === 'failed')) process.exitCode = 1;
  return formatChecks(checks);
}

async function hold(world: App, calmUs: number, words: string): Promise<string> {
  await world.tokens.set(world.settings.name, world.settings.maxNodes, calmUs);
  return `${world.settings.name} is ${words}`;
}

async function status(world: App): Promise<string> {
  const { tokens, settings, limits } = world;
  // A member for queries only. It is never stored.
  const member = { connection: settings.name, id: 'status', place: 0 };
  // Reserves no slot: the response only reports the rate and the store's time.
  const seen = await tokens.reserve({
    member,
    orders: [{ shard: 0, count: 0, spacingUs: 0 }],
    notBeforeUs: 0,
    renew: false,
  });
  const { live } = await tokens.look(member, seen.atUs - LIFE_US);
  const setting = settings.suspended ? ' by its setting `suspended`' : '';
  return [
    `${settings.name}: ${isSuspended(seen) || settings.suspended ? `suspended${setting}` : 'active'}`,
    `live nodes: ${live} (of ${settings.minNodes} to ${settings.maxNodes} that count)`,
    formatLimit(settings, capacity(live, limits)),
  ].join('\n');
}
