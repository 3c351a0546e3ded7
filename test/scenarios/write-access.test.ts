// Who may write what: `explain { access }` says it beforehand, and a write says the same.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LedgerEntry } from '../../src/sandbox/core/ledger.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { patchOf, valueFor, WRITABLE_FIELDS } from '../support/patch-values.js';

const BACKENDS = ['MIND', 'OMNIVIBE', 'V2'] as const;
const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
  status outcomes { backend state fields { field state } } userErrors { code field backend }
} }`;

interface Payload {
  readonly status: string;
  readonly outcomes: readonly { backend: string; state: string; fields: readonly { state: string }[] }[];
  readonly userErrors: readonly { code: string }[];
}
interface Access {
  readonly backend: string;
  readonly access: string;
}

let gateway: TestGateway;
// A new one each time: addresses that were written would be remembered.
beforeEach(async () => {
  gateway = await startTestGateway({ env: { AUTH: 'mind', LOG_LEVEL: 'silent' } });
});
afterEach(() => gateway.close());

function reset() {
  for (const backend of [gateway.mind, gateway.omnivibe, gateway.v2]) backend.reset();
}

const bearer = (userId: number) => ({ authorization: `Bearer ${gateway.mind.tokenFor(userId)}` });
const ownToken = (userId: number) => ({ 'x-omnivibe-token': gateway.omnivibe.tokenFor(userId) });
/** Callers by name: Max (mind:42, omnivibe:3) may change anybody, Erika (mind:43, omnivibe:4) only herself. */
const CALLERS: Readonly<Record<string, () => Record<string, string>>> = {
  'who may change anybody': () => bearer(42),
  'who may not': () => bearer(43),
  'who may not, with an omnivibe token of their own': () => ({ ...bearer(43), ...ownToken(4) }),
};

const isWrite = ({ method }: LedgerEntry) => method !== 'GET';
const writes = () => Object.values(gateway.received()).flat().filter(isWrite);

async function update(headers: Record<string, string>, input: object): Promise<Payload> {
  const { data, errors } = await gateway.execute(UPDATE, { input }, headers);
  expect(errors).toEqual([]);
  return data?.['updateProfile'] as Payload;
}

describe.each(Object.keys(CALLERS))('a caller %s', (name) => {
  const headers = () => CALLERS[name]?.() ?? {};

  it.each(['mind:43', 'mind:44'])(
    'is told beforehand what a write of %s will say',
    async (profileId) => {
      const query = `query ($id: ID!, $fields: [String!]) { profile(id: $id) { explain(fields: $fields) {
      field access { backend access }
    } } }`;
      const { data } = await gateway.execute(query, { id: profileId, fields: WRITABLE_FIELDS }, headers());
      const explained = (data?.['profile'] as { explain: { field: string; access: Access[] }[] }).explain;
      const said: unknown[] = [];
      const predicted: unknown[] = [];
      // The address last: it is remembered when it is read, and the sandbox forgets it.
      for (const field of WRITABLE_FIELDS.toSorted((field) => (field === 'email' ? 1 : -1))) {
        for (const backend of BACKENDS) {
          const { access } =
            explained.find((each) => each.field === field)?.access.find((each) => each.backend === backend) ??
            {};
          const input = { profileId, patch: patchOf(field, valueFor(field)), backends: [backend] };
          const before = writes().length;
          const { status, userErrors } = await update(headers(), input);
          const isSent = writes().length > before;
          said.push([field, backend, access, status === 'REJECTED', userErrors[0]?.code]);
          expect(isSent).toBe(status === 'APPLIED');
          predicted.push([field, backend, access, ...outcomeOf(field, backend, access)]);
          if (isSent) reset();
        }
      }
      expect(said).toEqual(predicted);
    },
    60_000,
  );
});

describe('a caller with somebody else’s token', () => {
  it('is told beforehand that nothing may be changed', async () => {
    const query = `query ($fields: [String!]) { profile(id: "mind:43") { explain(fields: $fields) {
      access { access }
    } } }`;
    const headers = { ...bearer(42), ...ownToken(5) };
    const { data } = await gateway.execute(query, { fields: WRITABLE_FIELDS }, headers);
    const { explain } = data?.['profile'] as { explain: { access: Access[] }[] };
    const said = new Set(explain.flatMap(({ access }) => access.map((each) => each.access)));
    expect(said).toEqual(new Set(['READ_ONLY', 'UNSUPPORTED', 'DENIED']));
  });
});

/** What a write says where `explain` says this: whether it is refused, and why. */
function outcomeOf(field: string, backend: string, access: string | undefined): readonly unknown[] {
  switch (access) {
    case 'READ_WRITE':
    case 'WRITE_ONLY':
      return [false, undefined];
    case 'UNSUPPORTED':
      return [true, 'UNSUPPORTED'];
    case 'READ_ONLY':
      return [true, field === 'email' && backend === 'MIND' ? 'READ_ONLY' : 'FORBIDDEN'];
    default:
      return [true, 'FORBIDDEN'];
  }
}

describe('what nobody allows', () => {
  const createInput = {
    backends: ['MIND', 'V2'],
    patch: { firstName: 'N', lastName: 'P', email: 'n.p@example.com', username: 'n.p' },
  };
  it.each([
    ['createProfile', 'CreateProfileInput', createInput],
    ['changePassword', 'ChangePasswordInput', { profileId: 'mind:44', newPassword: 'Abcdef1!' }],
    ['setStatusLock', 'SetStatusLockInput', { profileId: 'mind:44', statusId: '3' }],
    ['removeStatusLock', 'RemoveStatusLockInput', { profileId: 'mind:44' }],
    ['setDeskStatus', 'SetDeskStatusInput', { profileId: 'mind:43', statusId: '1' }],
    ['refreshTab', 'RefreshTabInput', { tabId: 'a' }],
  ])('%s is refused without a write', async (mutation, type, input) => {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { status userErrors { code } } }`;
    const { data, errors } = await gateway.execute(query, { input }, bearer(43));
    expect(errors).toEqual([]);
    const { status, userErrors } = data?.[mutation] as Payload;
    expect(status).toBe('REJECTED');
    expect(new Set(userErrors.map(({ code }) => code))).toEqual(new Set(['FORBIDDEN']));
    expect(writes()).toEqual([]);
  });
});

describe('what accounts are linked by', () => {
  it('is not one’s own to write: it would make somebody else’s account one’s own', async () => {
    const input = { profileId: 'mind:43', patch: { externalId: 'EMP-0042' } };
    const { status, userErrors } = await update(bearer(43), input);
    expect([status, userErrors]).toEqual([
      'REJECTED',
      [{ code: 'FORBIDDEN', field: ['externalId'], backend: 'MIND' }],
    ]);
    expect(writes()).toEqual([]);
  });
});

describe('one’s own password', () => {
  it('is set with one’s own credentials alone', async () => {
    const query = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
      status outcomes { backend state }
    } }`;
    const input = { profileId: 'mind:43', currentPassword: 'Sandbox-1!', newPassword: 'Abcdef1!' };
    const headers = { ...bearer(43), ...ownToken(4) };
    const { data } = await gateway.execute(query, { input }, headers);
    expect(data?.['changePassword']).toEqual({
      status: 'APPLIED',
      outcomes: [
        { backend: 'MIND', state: 'ACCEPTED' },
        { backend: 'OMNIVIBE', state: 'ACCEPTED' },
      ],
    });
    const credentials = writes().map(
      ({ headers: sent }) => sent['authorization'] ?? sent['api_access_token'],
    );
    expect(credentials).toEqual([headers.authorization, headers['x-omnivibe-token']]);
  });
});

describe('in a bulk', () => {
  it('a caller who may change only themselves does', async () => {
    const query = `mutation ($input: BulkUpdateProfilesInput!) { bulkUpdateProfiles(input: $input) {
      results { status outcomes { backend calls { path } } userErrors { code backend } }
    } }`;
    const updates = ['mind:43', 'mind:44'].map((profileId) => ({ profileId, patch: { phone: '+49 1' } }));
    const { data } = await gateway.execute(query, { input: { updates } }, bearer(43));
    const { results } = data?.['bulkUpdateProfiles'] as { results: unknown };
    expect(results).toEqual([
      expect.objectContaining({ status: 'PARTIAL' }),
      expect.objectContaining({ status: 'REJECTED' }),
    ]);
    // One by one, and omnivibe with the token that is held for her.
    const sent = writes().map(({ path, headers }) => [path, headers['api_access_token']]);
    expect(sent).toEqual([
      ['/api/mind/profile/43', undefined],
      ['/api/v1/profile', gateway.omnivibe.tokenFor(4)],
    ]);
  });
});
