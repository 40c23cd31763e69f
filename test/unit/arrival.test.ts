/** How late a busy process reads a request. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { RequestArrivals } from '../../shared/http/preload/arrival.ts';

class Loop {
  nowMs = 0;
  private ended: (() => void)[] = [];
  readonly arrivals = new RequestArrivals(
    () => this.nowMs,
    (ended) => this.ended.push(ended),
  );

  /** A turn that reads requests, each of which takes `ms` to handle. Returns how late each was read. */
  turn(count: number, ms: number): number[] {
    const late = Array.from({ length: count }, () => {
      const request = new EventEmitter();
      this.arrivals.note(request);
      const lateMs = this.arrivals.lateMs(request);
      this.nowMs += ms;
      return lateMs;
    });
    this.end();
    return late;
  }

  end(): void {
    for (const end of this.ended.splice(0)) end();
  }
}

test('a request is late by the time since its turn began, and short delays are not counted', () => {
  assert.deepEqual(new Loop().turn(5, 30), [0, 0, 60, 90, 120]);
});

test('a request that is read right after a busy turn may have arrived during that turn', () => {
  const loop = new Loop();
  loop.turn(10, 30);
  loop.nowMs += 5;
  assert.deepEqual(loop.turn(3, 40), [305, 345, 385]);
  assert.deepEqual(loop.turn(1, 40), [120], 'counts from the turn before, and not from the one before that');
});

test('a request that is read after a pause has just arrived', () => {
  const loop = new Loop();
  loop.turn(10, 30);
  loop.nowMs += 6;
  assert.deepEqual(loop.turn(3, 40), [0, 0, 80]);
});

test('the time that a caller takes to send the body is not counted, but that of a busy turn is', () => {
  const loop = new Loop();
  const request = new EventEmitter();
  loop.arrivals.note(request);
  loop.end();
  loop.nowMs = 10_000;
  request.emit('end');
  assert.equal(loop.arrivals.lateMs(request), 0);
  loop.nowMs += 200;
  assert.equal(loop.arrivals.lateMs(request), 200);
});

test('a body that is read in the turn after that of its head counts from the earlier turn', () => {
  const loop = new Loop();
  const request = new EventEmitter();
  loop.arrivals.note(request);
  loop.nowMs += 1000;
  loop.end();
  loop.nowMs += 1;
  request.emit('end');
  assert.equal(loop.arrivals.lateMs(request), 1001);
});

test('a request that was not noted is not late', () => {
  const loop = new Loop();
  loop.nowMs = 10_000;
  assert.equal(loop.arrivals.lateMs({}), 0);
});
