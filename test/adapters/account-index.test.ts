// What is remembered of addresses, for how long, and how much of it; the clock is the test's own.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../src/errors.js';
import { createAccountIndex, openIndex, type AccountIndex } from '../../src/adapters/account-index.js';
import type { KnownAccount } from '../../src/domain/ports.js';
import { EndSignal } from '../../src/transport/end-signal.js';

const MINUTE = 60_000;

function account(id: string, email: string | null, externalId: string | null = null): KnownAccount {
  return { backend: 'mind', id, email, active: true, isConfirmed: true, externalId, isPerson: true };
}

let time: number;
let sweeps: number;
let index: AccountIndex;
let people: KnownAccount[];
const sweep = () => {
  sweeps += 1;
  return Promise.resolve(people);
};
const failingSweep = () => {
  sweeps += 1;
  return Promise.reject(new Error('the backend is off'));
};

beforeEach(() => {
  time = 1_000_000;
  sweeps = 0;
  people = [account('1', 'Ann@Example.com', 'E1'), account('2', null)];
  index = createAccountIndex(() => time);
});

describe('the index of addresses', () => {
  it('is swept once and then answers for minutes', async () => {
    const snapshot = await index.snapshot('own', sweep);
    expect(snapshot.byEmail(' ann@example.COM ')).toEqual([people[0]]);
    expect(snapshot.byExternalId('E1')).toEqual([people[0]]);
    expect([snapshot.byId('2'), snapshot.byId('3'), snapshot.size]).toEqual([people[1], null, 2]);
    time += 4 * MINUTE;
    await index.snapshot('own', sweep);
    expect(sweeps).toBe(1);
    time += 2 * MINUTE;
    await index.snapshot('own', sweep);
    expect(sweeps).toBe(2);
  });

  it('is renewed for an id that it does not know, but not more often than every few seconds', async () => {
    await index.snapshot('own', sweep);
    await index.renewed('own', sweep);
    expect(sweeps).toBe(1);
    time += 11_000;
    people = [...people, account('3', 'new@example.com')];
    expect((await index.renewed('own', sweep)).byId('3')).toEqual(people[2]);
  });

  it('is renewed at once, and once, when a read has not found somebody who is in it', async () => {
    await index.snapshot('own', sweep);
    index.forget('own', 'unknown');
    await index.renewed('own', sweep);
    expect(sweeps).toBe(1);
    index.forget('own', '1');
    expect((await index.snapshot('own', sweep)).byId('1')).toBeNull();
    expect((await index.renewed('own', sweep)).byId('1')).toEqual(people[0]);
    await index.renewed('own', sweep);
    expect(sweeps).toBe(2);
  });

  it('serves callers who come at once by one sweep', async () => {
    await Promise.all([
      index.snapshot('own', sweep),
      index.snapshot('own', sweep),
      index.snapshot('own', sweep),
    ]);
    expect(sweeps).toBe(1);
  });

  it.each(['DEADLINE_EXCEEDED', 'BUDGET_EXCEEDED'] as const)(
    'lets the next caller sweep when the one who sweeps is stopped: %s',
    async (code) => {
      const [failed, other] = await Promise.allSettled([
        index.snapshot('own', () => Promise.reject(new GatewayError(code, 'stopped'))),
        index.snapshot('own', sweep),
      ]);
      expect([failed.status, other.status]).toEqual(['rejected', 'fulfilled']);
    },
  );

  it('lets those who wait for another one’s sweep fail with it, instead of asking one after the other', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => index.snapshot('own', failingSweep)),
    );
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 'rejected'));
    expect(sweeps).toBe(1);
    expect((await index.snapshot('own', sweep)).size).toBe(people.length);
  });

  it('does not keep a caller waiting for another one’s sweep beyond the caller’s own time', async () => {
    void index.snapshot('own', () => new Promise(() => undefined));
    const late = new EndSignal();
    const waiting = index.snapshot('own', sweep, late);
    late.abort(() => new Error('out of time'));
    await expect(waiting).rejects.toThrow('out of time');
    expect(sweeps).toBe(0);
  });

  it('answers what it remembers while the backend fails, for an hour', async () => {
    await index.snapshot('own', sweep);
    time += 30 * MINUTE;
    expect((await index.snapshot('own', failingSweep)).byId('1')).toEqual(people[0]);
    time += 31 * MINUTE;
    await expect(index.snapshot('own', failingSweep)).rejects.toThrow('the backend is off');
  });

  it('takes over what a read shows, and drops who has gone', async () => {
    const snapshot = await index.snapshot('own', sweep);
    index.learn('own', [account('1', 'moved@example.com')]);
    expect(snapshot.byEmail('ann@example.com')).toEqual([]);
    expect(snapshot.byExternalId('E1')).toEqual([]);
    expect(snapshot.byEmail('moved@example.com')).toMatchObject([{ id: '1' }]);
    index.forget('own', '1');
    expect([snapshot.byId('1'), snapshot.byEmail('moved@example.com')]).toEqual([null, []]);
  });

  it('takes over only whom it does not know, where another credential has read', async () => {
    const snapshot = await index.snapshot('own', sweep);
    const seen = [account('1', null), account('3', 'new@example.com')];
    index.learn('own', seen, { onlyNew: true });
    expect([snapshot.byId('1'), snapshot.byId('3')]).toEqual([people[0], seen[1]]);
  });

  it('keeps what one credential sees from another', async () => {
    await index.snapshot('ann', sweep);
    people = [];
    expect((await index.snapshot('ben', sweep)).byId('1')).toBeNull();
  });

  it('remembers the fifty credentials that were used last', async () => {
    for (let i = 0; i <= 50; i += 1) await index.snapshot(`caller ${i}`, sweep);
    await index.snapshot('caller 50', sweep);
    expect(sweeps).toBe(51);
    await index.snapshot('caller 0', sweep);
    expect(sweeps).toBe(52);
  });

  it('refuses to remember more than 250,000 accounts', async () => {
    people = Array.from({ length: 250_001 }, (_, i) => account(String(i + 1), null));
    await expect(index.snapshot('own', sweep)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      backend: 'mind',
    });
  });
});

describe('the index as one operation uses it', () => {
  const open = () => openIndex(index, 'own', sweep, new EndSignal());

  it('has the stamp of what it says, another one after each change, and none while it says nothing', async () => {
    expect(open().stamp()).toBeNull();
    const operation = open();
    await operation.snapshot();
    const before = operation.stamp();
    expect(before).toEqual(expect.any(Symbol));
    index.learn('own', people.slice(0, 1));
    expect(operation.stamp()).toBe(before);
    index.learn('own', [account('3', 'new@example.com')]);
    expect(operation.stamp()).not.toBe(before);
    time += 6 * MINUTE;
    expect(open().stamp()).toBeNull();
  });

  it('has none once another operation has renewed what it has looked at', async () => {
    const [first, second] = [open(), open()];
    await first.snapshot();
    time += MINUTE / 2;
    await second.renewed();
    expect(first.stamp()).toBeNull();
    expect(second.stamp()).toEqual(expect.any(Symbol));
  });

  it('moves on to what it has renewed itself', async () => {
    const operation = open();
    await operation.snapshot();
    people = [...people, account('3', 'new@example.com')];
    time += MINUTE / 2;
    await operation.renewed();
    expect((await operation.snapshot()).byId('3')).not.toBeNull();
  });
});
