import { SUSPENDED_US } from '../../shared/rate-limiter/suspension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member, Roster, SlotGrant, SlotRequest, TokenStore } from '../../shared/rate-limiter/store.ts';

const T = 1_050_000;
const SECOND = 1_000_000;

/** What every token store promises. `fresh` returns an unused connection. */
export function tokenStoreContract(name: string, store: () => TokenStore, fresh: () => string): void {
  let members = 0;
  const member = (connection: string, place = 0.5): Member => ({ connection, id: `m${(members += 1)}`, place });
  const take = async (
    who: Member,
    requests: readonly SlotRequest[],
    notBeforeUs: number,
    renew = false,
  ): Promise<readonly SlotGrant[]> => (await store().reserve({ member: who, requests, notBeforeUs, renew })).grants;
  const slots = (count: number, lane = 0): SlotRequest => ({ lane, count, spacingUs: T });

  test(`${name}: the store's time increases, in whole microseconds`, async () => {
    const who = member(fresh());
    const { atUs: first } = await store().join(who);
    const { atUs: second } = await store().reserve({
      member: who,
      requests: [slots(1)],
      notBeforeUs: first,
      renew: false,
    });
    assert.ok(Number.isSafeInteger(first) && Number.isSafeInteger(second) && second >= first && first > 0);
  });

  test(`${name}: the first slot of an idle lane starts at the requested time`, async () => {
    const who = member(fresh());
    const later = (await store().join(who)).atUs + SECOND;
    assert.deepEqual(await take(who, [slots(3)], later), [{ firstUs: later, throttledUntilUs: 0 }]);
  });

  test(`${name}: a busy lane continues at its next free slot, to the microsecond, for every caller`, async () => {
    const connection = fresh();
    const [one, other] = [member(connection), member(connection)];
    const later = (await store().join(one)).atUs + SECOND;
    await take(one, [slots(3)], later);
    assert.equal((await take(other, [slots(1)], later))[0]?.firstUs, later + 3 * T);
  });

  test(`${name}: an idle lane accumulates no slots`, async () => {
    const who = member(fresh());
    const { atUs: now } = await store().join(who);
    await take(who, [slots(1)], now);
    assert.equal((await take(who, [slots(1)], now + 60 * SECOND))[0]?.firstUs, now + 60 * SECOND);
  });

  test(`${name}: a request for several lanes is one step, and each lane has its own slots`, async () => {
    const who = member(fresh());
    const later = (await store().join(who)).atUs + SECOND;
    await take(who, [slots(2, 1)], later);
    const grants = await take(who, [slots(2, 0), slots(2, 1), slots(1, 299)], later);
    assert.deepEqual(
      grants.map(({ firstUs }) => firstUs - later),
      [0, 2 * T, 0],
    );
  });

  test(`${name}: a reservation reports every lane of its shards and changes no other lane`, async () => {
    const who = member(fresh());
    const later = (await store().join(who)).atUs + SECOND;
    await take(who, [slots(1, 2), slots(2, 11)], later);
    const { grants, lanes } = await store().reserve({
      member: who,
      requests: [slots(1, 4), slots(3, 7), slots(1, 2)],
      notBeforeUs: later,
      renew: false,
    });
    assert.deepEqual(
      grants.map(({ firstUs }) => firstUs - later),
      [0, 0, T],
    );
    const ahead = new Map([
      [2, 2],
      [4, 1],
      [7, 3],
      [11, 2],
    ]);
    assert.deepEqual(
      [...lanes].sort((a, b) => a.lane - b.lane),
      Array.from({ length: 12 }, (_, lane) => {
        const taken = ahead.get(lane);
        return { lane, nextUs: taken === undefined ? 0 : later + taken * T };
      }),
    );
  });

  test(`${name}: a request for no slots reports the lanes and the pace and changes nothing`, async () => {
    const who = member(fresh());
    const later = (await store().join(who)).atUs + SECOND;
    await take(who, [slots(2, 1)], later);
    const report = (): ReturnType<TokenStore['reserve']> =>
      store().reserve({ member: who, requests: [slots(0, 0)], notBeforeUs: later + 60 * SECOND, renew: false });
    const expected = Array.from({ length: 6 }, (_, lane) => ({ lane, nextUs: lane === 1 ? later + 2 * T : 0 }));
    for (const { lanes, grants } of [await report(), await report()]) {
      assert.deepEqual(lanes, expected);
      assert.deepEqual(
        grants.map(({ throttledUntilUs }) => throttledUntilUs),
        [0],
      );
    }
  });

  test(`${name}: a request may begin later than the others, never earlier than its lane is free`, async () => {
    const who = member(fresh());
    const later = (await store().join(who)).atUs + SECOND;
    await take(who, [slots(1, 2)], later);
    const grants = await take(
      who,
      [slots(1), { ...slots(1, 1), delayUs: 1000 }, { ...slots(1, 2), delayUs: 1000 }],
      later,
    );
    assert.deepEqual(
      grants.map(({ firstUs }) => firstUs - later),
      [0, 1000, T],
    );
  });

  test(`${name}: connections are independent`, async () => {
    const [one, other] = [member(fresh()), member(fresh())];
    const later = (await store().join(one)).atUs + 5 * SECOND;
    await store().join(other);
    await take(one, [slots(6)], later);
    assert.equal((await take(other, [slots(1)], later))[0]?.firstUs, later);
    assert.equal((await store().countMembers(other, later - 60 * SECOND)).live, 1);
  });

  test(`${name}: forty concurrent reservations get disjoint slots at least one interval apart`, async () => {
    const connection = fresh();
    const { atUs: notBeforeUs } = await store().join(member(connection));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        take(member(connection), [slots(1 + (i % 3))], notBeforeUs).then(([filled]) => ({
          filled,
          count: 1 + (i % 3),
        })),
      ),
    );
    const all = answers
      .flatMap(({ filled, count }) => Array.from({ length: count }, (_, i) => (filled?.firstUs ?? NaN) + i * T))
      .sort((a, b) => a - b);
    all.slice(1).forEach((slot, index) => assert.ok(slot - all[index]! >= T));
    assert.equal(
      all.length,
      answers.reduce((sum, { count }) => sum + count, 0),
    );
  });

  test(`${name}: fifty concurrent joins give fifty members with distinct ranks`, async () => {
    const connection = fresh();
    const all = Array.from({ length: 50 }, (_, i) => member(connection, (i + 0.5) / 50));
    const joined = await Promise.all(all.map((one) => store().join(one)));
    const since = Math.min(...joined.map(({ atUs }) => atUs)) - 5 * SECOND;
    // One after the other: the emulator takes seconds for a hundred queries at once, and the adapter waits two.
    const rosters: Roster[] = [];
    for (const one of all) rosters.push(await store().countMembers(one, since));
    assert.deepEqual([...new Set(rosters.map(({ live }) => live))], [50]);
    assert.deepEqual(
      rosters.map(({ rank }) => rank),
      all.map((_, i) => i),
    );
  });

  test(`${name}: a member that was not seen since then is not counted; a renewal refreshes it, a reservation does not`, async () => {
    const connection = fresh();
    const [old, young] = [member(connection, 0.1), member(connection, 0.9)];
    await store().join(old);
    // Times of members may have a resolution of a millisecond.
    const since = (await store().join(young)).atUs + 2000;
    while (
      (await store().reserve({ member: young, requests: [slots(1)], notBeforeUs: since, renew: false })).atUs <
      since + 2000
    );
    assert.equal((await store().countMembers(young, since)).live, 0);
    await take(young, [slots(1)], since, true);
    const { live, rank } = await store().countMembers(young, since);
    assert.deepEqual({ live, rank }, { live: 1, rank: 0 });
  });

  test(`${name}: a member that leaves is removed at once, and leaving twice is allowed`, async () => {
    const connection = fresh();
    const [one, other] = [member(connection, 0.1), member(connection, 0.9)];
    const { atUs } = await store().join(one);
    await store().join(other);
    await store().leave(one);
    await store().leave(one);
    const { live, rank } = await store().countMembers(other, atUs - SECOND);
    assert.deepEqual({ live, rank }, { live: 1, rank: 0 });
  });

  test(`${name}: a slower pace reaches every shard with its next reservation and never reverts`, async () => {
    const who = member(fresh());
    const { atUs } = await store().join(who);
    const [throttledUntilUs, notBeforeUs] = [atUs + 10 * SECOND, atUs + 3 * SECOND];
    await store().throttle({ connection: who.connection, shards: 3, throttledUntilUs, notBeforeUs });
    await store().throttle({
      connection: who.connection,
      shards: 3,
      throttledUntilUs: throttledUntilUs - SECOND,
      notBeforeUs: atUs,
    });
    assert.deepEqual(await take(who, [slots(1, 17), slots(1, 18)], atUs), [
      { firstUs: notBeforeUs, throttledUntilUs },
      { firstUs: atUs, throttledUntilUs: 0 },
    ]);
  });

  test(`${name}: set changes the pace in both directions and moves no slot`, async () => {
    const who = member(fresh());
    const { atUs } = await store().join(who);
    await take(who, [slots(1)], atUs);
    await store().set(who.connection, 3, SUSPENDED_US);
    const [first, third] = await take(who, [slots(1), slots(1, 17)], atUs);
    assert.deepEqual([first?.throttledUntilUs, third?.throttledUntilUs], [SUSPENDED_US, SUSPENDED_US]);
    assert.equal(first?.firstUs, atUs + T);
    await store().throttle({ connection: who.connection, shards: 1, throttledUntilUs: atUs, notBeforeUs: atUs });
    assert.equal(
      (await take(who, [slots(1)], atUs))[0]?.throttledUntilUs,
      SUSPENDED_US,
      "Stripe's pace does not resume it",
    );
    await store().set(who.connection, 3, 0);
    assert.equal((await take(who, [slots(1)], atUs))[0]?.throttledUntilUs, 0);
  });
}
