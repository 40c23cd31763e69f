import type { ConnectionInfo } from '../api/operator.ts';
import type { IconName } from '../ui/icon-paths.ts';

/** One page of the navigation and of the palette. */
export interface PageEntry {
  /** The first segment of the page's address. Empty for the home page. */
  readonly segment: string;
  readonly text: string;
  readonly icon: IconName;
  /** More words by which the palette finds the page. */
  readonly words: string;
}

interface PageSection {
  readonly title: string;
  readonly pages: readonly PageEntry[];
}

const START: readonly PageEntry[] = [
  { segment: '', text: 'Home', icon: 'home', words: 'start overview health' },
  { segment: 'browse', text: 'Browse', icon: 'data', words: 'all entities actions catalog reference' },
];

const OPERATE: readonly PageEntry[] = [
  {
    segment: 'operations',
    text: 'Operations',
    icon: 'check',
    words: 'idempotency records operationid repeat resolve retry',
  },
  { segment: 'events', text: 'Events', icon: 'bell', words: 'webhooks deliveries replay inbox publishing pause' },
  { segment: 'dead-letters', text: 'Dead letters', icon: 'letter', words: 'automation pubsub messages failed replay' },
  { segment: 'requests', text: 'Requests', icon: 'log', words: 'log requests latency errors stripe activity' },
  {
    segment: 'limiter',
    text: 'Rate limit',
    icon: 'gauge',
    words: 'limiter burst 429 suspend resume suspended throttle ceiling',
  },
  { segment: 'settings', text: 'Settings', icon: 'sliders', words: 'configuration in force' },
];

const SANDBOX: PageEntry = {
  segment: 'sandbox',
  text: 'Sandbox',
  icon: 'flask',
  words: 'clock advanceclock advancetheclock time faults seed demo data deliveries ratelimit',
};

const YOURS: readonly PageEntry[] = [
  { segment: 'history', text: 'History', icon: 'clock', words: 'calls requests run again log' },
  { segment: 'shortcuts', text: 'Shortcuts', icon: 'keyboard', words: 'keyboard keys help' },
];

/** The pages of the navigation. The page of the sandbox is included only on a local server that uses the sandbox. */
export function navigationOf({ stripe, local }: Pick<ConnectionInfo, 'stripe' | 'local'>): readonly PageSection[] {
  return [
    { title: '', pages: START },
    { title: 'Operate', pages: stripe === 'sandbox' && local ? [...OPERATE, SANDBOX] : OPERATE },
    { title: 'You', pages: YOURS },
  ];
}
