// How Mind is written: the calls that changes come to, and what is read from their answers.
import DataLoader from 'dataloader';
import type { FieldPath, MindWriter, WriteCall } from '../../domain/ports.js';
import type { JsonObject, MindAccount } from '../../domain/profile.js';
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import { redacted, type Json } from '../../transport/redact.js';
import { orNull } from '../decoding.js';
import { toJsonObject } from '../open-object.js';
import type { MindClient, MindCredential } from './client.js';
import { accept, fromChanges, ownSettings } from './mapper.js';

/** People per write of several. No maximum is documented. */
const CHUNK = 100;
/** Who belongs to the vendor; Mind wants another permission for a call that writes one of them. */
const VENDOR = 'enneo';

const REQUIRED: readonly FieldPath[] = ['firstName', 'lastName', 'email'];

/** What an installation does with the settings that a write leaves out: keeps them, or drops them. */
export type SettingsPatch = 'merge' | 'replace';

export interface MindWriterOptions {
  readonly client: MindClient;
  readonly scope: CallScope;
  readonly credential: MindCredential;
  readonly settingsPatch: SettingsPatch;
}

/** One person's part of a write of several. */
interface Share {
  readonly id: string;
  readonly item: JsonObject;
}

export function createMindWriter({
  client,
  scope,
  credential,
  settingsPatch,
}: MindWriterOptions): MindWriter {
  // One for each permission that it takes, since Mind refuses a call as a whole.
  const people = bulkLoader();
  const vendors = bulkLoader();

  /** Collects the shares that are sent in the same turn. */
  function bulkLoader(): DataLoader<Share, null> {
    return new DataLoader<Share, null>(sendTogether, { cache: false, maxBatchSize: CHUNK });
  }

  async function sendTogether(shares: readonly Share[]): Promise<(null | GatewayError)[]> {
    const items = shares.map(({ item }) => item);
    const { status, results } = await client.patchProfiles(scope, credential, items);
    // Null where the results do not say clearly what came of somebody, or contradict each other.
    const verdicts = new Map<string | null, boolean | null>();
    for (const result of results) {
      const { id } = result;
      const verdict = orNull(result, 'success');
      const other = verdicts.get(id);
      verdicts.set(id, other === undefined || other === verdict ? verdict : null);
    }
    return shares.map(({ id }) => {
      const verdict = verdicts.get(id);
      if (verdict === true) return null;
      return verdict === false ? rejected('PATCH /profiles') : unsettled(status, verdict === undefined);
    });
  }

  async function sendAlone(id: string, profile: JsonObject): Promise<null> {
    const { success } = await client.patchProfile(scope, credential, id, profile);
    if (success === true) return null;
    throw success === false
      ? rejected('PATCH /profile/{id}')
      : badResponse('the answer does not say whether it was stored.');
  }

  function profileCall(id: string, profile: JsonObject, fields: readonly string[]): PatchCall {
    return new PatchCall(`/profile/${id}`, profile, fields, () => sendAlone(id, profile));
  }

  function bulkCall(account: MindAccount, profile: JsonObject, fields: readonly string[]): PatchCall {
    const { id } = account;
    const item = { id: Number(id), ...profile };
    const loader = orNull(account, 'type') === VENDOR ? vendors : people;
    return new PatchCall('/profiles', { profiles: [item] }, fields, () => loader.load({ id, item }));
  }

  return {
    accept,

    callsFor(account, changes, { isBulk }) {
      if (changes.length === 0) return [];
      const isInSettings = changes.some(({ field }) => field.startsWith('settings.'));
      const own = isInSettings ? ownSettings(account) : null;
      const { profile, settings } = fromChanges(changes, own ?? {});
      const hasSettings = Object.keys(settings).length > 0;
      const isWhole = settingsPatch === 'replace' && hasSettings;
      const sent = hasSettings
        ? { ...profile, settings: isWhole ? { ...own, ...settings } : settings }
        : profile;
      const fields = changes.map(({ field }) => field);
      const call = isBulk ? bulkCall(account, sent, fields) : profileCall(account.id, sent, fields);
      // Sent without the settings that cannot be seen, it would delete them.
      if (isWhole && own === null) call.send = () => Promise.reject(unseen());
      return [call];
    },

    createCall({ fields: given }) {
      const missing = REQUIRED.filter((field) => !given.some((change) => change.field === field));
      if (missing.length > 0) {
        const message = `mind: a new account needs ${missing.join(', ')}.`;
        throw new GatewayError('INVALID_VALUE', message, { backend: 'mind' });
      }
      // The documented body has no place for it.
      const changes = given.filter(({ field }) => field !== 'mind.rawData');
      const { profile, settings } = fromChanges(changes, {});
      // The live statuses have theirs inside the settings there.
      const { callRoutingStatus, chatRoutingStatus, ...rest } = profile;
      const inside = {
        ...settings,
        ...(callRoutingStatus !== undefined && { callRoutingStatus }),
        ...(chatRoutingStatus !== undefined && { chatRoutingStatus }),
      };
      const sent = { ...rest, ...(Object.keys(inside).length > 0 && { settings: inside }) };
      return {
        method: 'POST',
        path: '/profile',
        body: redacted(sent),
        fields: changes.map(({ field }) => field),
        async send() {
          const { id, success } = await client.createProfile(scope, credential, sent);
          if (success === false) throw rejected('POST /profile');
          if (id === null) throw badResponse('the answer does not say which account was created.');
          return id;
        },
      };
    },

    lostSettings(before, after, changes) {
      const [had, has] = [ownSettings(before), ownSettings(after)];
      if (had === null || has === null) return null;
      const { settings: written } = fromChanges(changes, {});
      const lost = Object.entries(had).filter(
        ([key]) => !Object.hasOwn(has, key) && !Object.hasOwn(written, key),
      );
      return lost.length === 0 ? null : toJsonObject(Object.fromEntries(lost));
    },

    restoreCall(before, changes) {
      const own = ownSettings(before) ?? {};
      const settings = { ...own, ...fromChanges(changes, own).settings };
      return profileCall(before.id, { settings }, ['settings.work']);
    },

    passwordCall: (id, password) => profileCall(id, { password }, ['password']),
  };
}

/** A change whose body is made fit to be told when somebody asks: of a bulk, hardly anybody does. */
class PatchCall implements WriteCall {
  readonly method = 'PATCH';
  readonly path: string;
  readonly fields: readonly string[];
  send: WriteCall['send'];
  readonly #sent: JsonObject;

  constructor(path: string, sent: JsonObject, fields: readonly string[], send: WriteCall['send']) {
    this.path = path;
    this.#sent = sent;
    this.fields = fields;
    this.send = send;
  }

  get body(): Json {
    return redacted(this.#sent);
  }
}

function rejected(call: string): GatewayError {
  const message = `mind: ${call} was answered with success: false.`;
  return new GatewayError('UPSTREAM_REJECTED', message, { backend: 'mind', delivery: 'refused' });
}

function badResponse(what: string): GatewayError {
  return new GatewayError('UPSTREAM_BAD_RESPONSE', `mind: ${what}`, { backend: 'mind', delivery: 'unknown' });
}

/** Whether it was stored cannot be told from the answer; reading tells. */
function unsettled(status: number, isSilent: boolean): GatewayError {
  if (!isSilent) return badResponse('the results do not say clearly whether one person was written.');
  if (status !== 400) return badResponse('the results leave a person out.');
  const message = 'mind: PATCH /profiles was answered with status 400.';
  return new GatewayError('UPSTREAM_REJECTED', message, {
    backend: 'mind',
    httpStatus: status,
    delivery: 'unknown',
  });
}

function unseen(): GatewayError {
  const message =
    'mind: the settings can only be written as a whole here, and this credential is not shown the present ones.';
  return new GatewayError('FORBIDDEN', message, { backend: 'mind', delivery: 'unsent' });
}
