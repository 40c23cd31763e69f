/** Loaded before anything else (`node --require`): the wall clock of this process is off, and may jump while it runs. */
const Real = Date;
let offMs = Number(process.env['SKEW_MS'] ?? 0);

class Skewed extends Real {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(Real.now() + offMs);
    else super(...(args as [number]));
  }
  static override now(): number {
    return Real.now() + offMs;
  }
}

globalThis.Date = Skewed as DateConstructor;
process.on('message', (message: { jumpMs?: number }) => {
  offMs += message.jumpMs ?? 0;
});
