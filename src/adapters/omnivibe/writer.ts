// How omnivibe is written within one operation. Three ways lead to a user, and each takes other fields: the platform API,
// the agent endpoints with an administrator's token, the user's own token. A field goes the first way that takes it.
import { randomBytes } from 'node:crypto';
import type { Acceptance, FieldChange, FieldPath, OmnivibeWriter, WriteCall } from '../../domain/ports.js';
import {
  normalizeEmail,
  type JsonObject,
  type JsonValue,
  type OmnivibeAccount,
} from '../../domain/profile.js';
import { GatewayError, type ErrorCode } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import { redacted } from '../../transport/redact.js';
import { orNull } from '../decoding.js';
import { isShownWhole, OPEN_OBJECT_RULE, withHidden } from '../open-object.js';
import { WRITES, type OmnivibeClient, type OmnivibeCredential, type OmnivibeWrite } from './client.js';
import type { OmnivibeCredentials, OmnivibeLoaders } from './loaders.js';
import { fromAvailability } from './mapper.js';
import type { components } from './wire.generated.js';

type Schemas = components['schemas'];
/** The fields that an endpoint takes, and what it calls them. */
type Keys<K extends string = string> = Readonly<Partial<Record<FieldPath, K>>>;

const NAME = { firstName: 'name', lastName: 'name' } as const;
const PERSON = { ...NAME, displayName: 'display_name', email: 'email', phone: 'phone_number' } as const;
const AVAILABILITY = { 'settings.inbox.availability': 'availability' } as const;
const AUTO_OFFLINE = { 'settings.inbox.autoOffline': 'auto_offline' } as const;

const KEYS = {
  user: PERSON satisfies Keys<keyof Schemas['PlatformUserUpdateRequest'] | 'phone_number'>,
  agent: { ...NAME, ...AVAILABILITY, ...AUTO_OFFLINE } satisfies Keys<keyof Schemas['AgentUpdateRequest']>,
  // The address of an agent is given once and never changed.
  newAgent: { ...NAME, email: 'email', ...AVAILABILITY, ...AUTO_OFFLINE } satisfies Keys<
    keyof Schemas['AgentCreateRequest']
  >,
  profile: {
    ...PERSON,
    'settings.inbox.messageSignature': 'message_signature',
    'settings.inbox.uiSettings': 'ui_settings',
  } satisfies Keys<keyof Schemas['ProfileUpdateRequest']['profile']>,
  availability: AVAILABILITY satisfies Keys<keyof Schemas['AvailabilityRequest']['profile']>,
  autoOffline: AUTO_OFFLINE satisfies Keys<keyof Schemas['AutoOfflineRequest']['profile']>,
};

/** One endpoint that changes a user. */
interface Way {
  readonly keys: Keys;
  toCall(account: OmnivibeAccount, values: JsonObject, fields: readonly FieldPath[]): WriteCall;
}

/** The endpoint that makes a user. */
interface Creation {
  readonly keys: Keys;
  readonly token: string;
  readonly toWrite: (values: JsonObject) => OmnivibeWrite;
}

/** What is sent, once everything that it takes has been looked up. */
interface Ready {
  readonly credential: OmnivibeCredential;
  readonly write: OmnivibeWrite;
}
type Prepare = () => Ready | Promise<Ready>;

export interface OmnivibeWriterOptions {
  readonly client: OmnivibeClient;
  readonly scope: CallScope;
  readonly credentials: OmnivibeCredentials;
  /** Whether the caller sent a token along, whoever's it is. */
  readonly hasCallersToken: boolean;
  readonly loaders: Pick<OmnivibeLoaders, 'ownTokenOf' | 'agentById'>;
}

export function createOmnivibeWriter(options: OmnivibeWriterOptions): OmnivibeWriter {
  const { client, scope, credentials, hasCallersToken, loaders } = options;
  const { list, platformToken } = credentials;
  const hasOwnTokens = hasCallersToken || credentials.userTokens.size > 0;

  /** Sends what `prepare` answers; whatever fails until then has changed nothing. */
  async function sendOnce(prepare: Prepare) {
    const { credential, write } = await prepared(prepare);
    return client.sendWrite(scope, credential, write);
  }

  const toCall = (
    { method, route, ids, body }: OmnivibeWrite,
    fields: readonly string[],
    prepare: Prepare,
  ): WriteCall => ({
    method,
    path: ids.reduce((path, id) => path.replace(/\{\w+\}/, id), route),
    body: redacted(body),
    fields,
    async send() {
      await sendOnce(prepare);
      return null;
    },
  });

  async function withOwnToken(id: string, write: OmnivibeWrite): Promise<Ready> {
    const credential = await loaders.ownTokenOf(id);
    if (credential === null) throw problem('FORBIDDEN', 'takes this with a token of the user’s own only.');
    return { credential, write };
  }

  /** Whoever's presence was shown was read by a way that shows custom roles, too. */
  async function customRoleOf(account: OmnivibeAccount): Promise<string | null> {
    const isKnown = orNull(account, 'effectiveAvailability') !== null;
    const told = customRoleTold(account);
    return isKnown || told !== null ? told : ((await loaders.agentById(account.id))?.custom_role_id ?? null);
  }

  const platformWay = (token: string): Way => ({
    keys: KEYS.user,
    toCall({ id }, values, fields) {
      const write = WRITES.updateUser(id, withAttributes(values));
      return toCall(write, fields, () => ({ credential: gatewaysOwn(token), write }));
    },
  });

  const agentWay = ({ token, accountId }: NonNullable<typeof list>): Way => ({
    keys: KEYS.agent,
    toCall(account, values, fields) {
      // Builds with custom roles take the role away when a change does not repeat it.
      const writeWith = (role: string | null) =>
        WRITES.updateAgent(accountId, account.id, {
          ...values,
          ...(role !== null && { custom_role_id: Number(role) }),
        });
      return toCall(writeWith(customRoleTold(account)), fields, async () => ({
        credential: gatewaysOwn(token),
        write: writeWith(await customRoleOf(account)),
      }));
    },
  });

  const profileWay: Way = {
    keys: KEYS.profile,
    toCall({ id }, values, fields) {
      const write = WRITES.updateProfile(values);
      const call = toCall(write, fields, () => withOwnToken(id, write));
      // The old address is shown until the mail that goes to the new one was followed.
      return fields.includes('email') ? { ...call, unshown: ['email'] } : call;
    },
  };

  /** Presence is chosen in one account (a workspace of the vendor's) at a time. */
  const membershipWay = (keys: Keys, toWrite: (profile: JsonObject) => OmnivibeWrite): Way => ({
    keys,
    toCall({ id, accountId }, values, fields) {
      const write = toWrite({ account_id: accountId === null ? null : Number(accountId), ...values });
      return toCall(write, fields, async () => {
        if (accountId === null) throw problem('NOT_FOUND', 'knows this user as a member of no account.');
        return withOwnToken(id, write);
      });
    },
  });

  const gatewaysWays = [
    ...(platformToken === null ? [] : [platformWay(platformToken)]),
    ...(list === null ? [] : [agentWay(list)]),
  ];
  const ownWays = [
    profileWay,
    membershipWay(KEYS.availability, WRITES.setAvailability),
    membershipWay(KEYS.autoOffline, WRITES.setAutoOffline),
  ];

  // An agent is a member of the account, a user of the platform's is at first a member of none.
  const creation: Creation | null =
    list !== null
      ? {
          ...{ keys: KEYS.newAgent, token: list.token },
          toWrite: (values) => WRITES.createAgent(list.accountId, { ...values, role: 'agent' }),
        }
      : platformToken !== null
        ? {
            ...{ keys: KEYS.user, token: platformToken },
            toWrite: (values) => WRITES.createUser({ ...withAttributes(values), password: randomPassword() }),
          }
        : null;

  return {
    accept,
    acceptPassword,

    callsFor(account, changes, { isOwnTokenOnly }) {
      const ways = isOwnTokenOnly ? ownWays : [...gatewaysWays, ...ownWays];
      const wayOf = (field: FieldPath) => {
        const way = ways.find(({ keys }) => field in keys);
        if (way === undefined) throw new TypeError(`omnivibe has no ${field}`);
        return way;
      };
      return ways.flatMap((way) => {
        const taken = changes.filter(({ field }) => wayOf(field) === way);
        return taken.length === 0 ? [] : [way.toCall(account, valuesOf(taken, way.keys), fieldsOf(taken))];
      });
    },

    passwordCall(id, { current, next }, { isOwnTokenOnly }) {
      if (current === null && !isOwnTokenOnly && platformToken !== null) {
        const write = WRITES.updateUser(id, { password: next });
        return toCall(write, ['password'], () => ({ credential: gatewaysOwn(platformToken), write }));
      }
      if (current === null || !hasOwnTokens) return null;
      // Alone in its request: a password is stored before the rest is validated.
      const write = WRITES.updateProfile({
        current_password: current,
        password: next,
        password_confirmation: next,
      });
      return toCall(write, ['password'], () => withOwnToken(id, write));
    },

    createCall({ fields }) {
      if (creation === null)
        throw problem('UNSUPPORTED', 'creates accounts only with OMNIVIBE_TOKEN or OMNIVIBE_PLATFORM_TOKEN.');
      const { keys, token, toWrite } = creation;
      const taken = fields.filter(({ field }) => field in keys);
      const values = valuesOf(taken, keys);
      const missing = ['name', 'email'].filter((key) => typeof values[key] !== 'string');
      if (missing.length > 0)
        throw problem('INVALID_VALUE', `needs for a new account: ${missing.join(' and ')}.`);
      const write = toWrite(values);
      const prepare = () => ({ credential: gatewaysOwn(token), write });
      return { ...toCall(write, fieldsOf(taken), prepare), send: () => sendOnce(prepare) };
    },
  };
}

/** Whether, with these credentials, only the person's own token writes a field. */
export function needsOwnToken(
  { list, platformToken }: OmnivibeCredentials,
  field: FieldPath | 'password',
): boolean {
  if (field === 'password') return platformToken === null;
  return !(platformToken !== null && field in KEYS.user) && !(list !== null && field in KEYS.agent);
}

function gatewaysOwn(token: string): OmnivibeCredential {
  return { token, isCallers: false };
}

function customRoleTold(account: OmnivibeAccount): string | null {
  return orNull(account, 'customRoleId');
}

function fieldsOf(changes: readonly FieldChange[]): readonly FieldPath[] {
  return changes.map(({ field }) => field);
}

function valuesOf(changes: readonly FieldChange[], keys: Keys): JsonObject {
  return Object.fromEntries(
    changes.map(({ field, value, before }) => [
      keys[field] ?? field,
      field === 'settings.inbox.availability' ? fromAvailability(value) : withHidden(value, before),
    ]),
  );
}

/** The platform API has no phone number of its own: it is where the profile's is kept, among the custom attributes. */
function withAttributes({ phone_number, ...values }: JsonObject): JsonObject {
  return phone_number === undefined ? values : { ...values, custom_attributes: { phone_number } };
}

/** Nobody learns it: whoever is created this way signs in by a link or sets another one. */
function randomPassword(): string {
  return `${randomBytes(24).toString('base64url')}-aA1`;
}

function problem(code: ErrorCode, words: string): GatewayError {
  return new GatewayError(code, `omnivibe ${words}`, { backend: 'omnivibe', delivery: 'unsent' });
}

/** A look-up that fails, in whatever way, leaves the write unsent. */
async function prepared(prepare: Prepare): Promise<Ready> {
  try {
    return await prepare();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message } = error;
    throw new GatewayError(code, message, { backend: 'omnivibe', delivery: 'unsent', cause: error });
  }
}

interface Rule {
  /** For people, as it follows the name of a field. */
  readonly words: string;
  /** The value as it will be shown; undefined for one that breaks the rule. */
  readonly read: (value: JsonValue) => JsonValue | undefined;
  /** What clears the field; left out where nothing does. */
  readonly cleared?: JsonValue;
}

/** Characters are counted as the vendor's database counts them, by code points. Blanks alone would be shown as nothing. */
const isText = (value: JsonValue, max: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && Array.from(value).length <= max;

const text = (max: number): Rule => ({
  words: `takes text of at most ${max.toLocaleString('en')} characters that is not blank`,
  read: (value) => (isText(value, max) ? value : undefined),
});
const clearableText = (max: number): Rule => ({ ...text(max), cleared: null });

const RULES: Readonly<Partial<Record<FieldPath, Rule>>> = {
  firstName: text(255),
  lastName: text(255),
  displayName: clearableText(255),
  phone: clearableText(255),
  email: {
    words: 'takes an e-mail address of at most 255 characters',
    read(value) {
      // Stored in lower case.
      const email = typeof value === 'string' ? normalizeEmail(value) : null;
      return isText(email, 255) && /^[^@\s]+@[^@\s]+$/.test(email) ? email : undefined;
    },
  },
  'settings.inbox.availability': {
    words: 'takes AVAILABLE, BUSY and OFFLINE',
    read: (value) => (fromAvailability(value) === null ? undefined : value),
  },
  'settings.inbox.autoOffline': {
    words: 'takes true and false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  },
  'settings.inbox.messageSignature': clearableText(20_000),
  'settings.inbox.uiSettings': {
    words: OPEN_OBJECT_RULE,
    read: (value) => (isShownWhole(value) ? value : undefined),
    cleared: {},
  },
};

function accept(field: FieldPath, value: JsonValue): Acceptance {
  const rule = RULES[field];
  if (rule === undefined) throw new TypeError(`omnivibe has no ${field}`);
  if (value === null)
    return rule.cleared === undefined
      ? { isAccepted: false, code: 'NOT_CLEARABLE', rule: 'cannot be without a value' }
      : { isAccepted: true, value: rule.cleared };
  const accepted = rule.read(value);
  return accepted === undefined
    ? { isAccepted: false, code: 'INVALID_VALUE', rule: rule.words }
    : { isAccepted: true, value: accepted };
}

/** The kinds of characters that a password needs; the vendor counts no others, whatever the alphabet. */
const PASSWORD_NEEDS = [/[A-Z]/, /[a-z]/, /[0-9]/, /[!-/:-@[-_{-~]/];

/** Holds a new password against the vendor's rules. */
function acceptPassword(password: string): Acceptance {
  const length = Array.from(password).length;
  if (length >= 6 && length <= 128 && PASSWORD_NEEDS.every((need) => need.test(password)))
    return { isAccepted: true, value: password };
  const rule =
    'takes 6 to 128 characters, among them a letter from A to Z, one from a to z, a digit and a special character such as !';
  return { isAccepted: false, code: 'INVALID_VALUE', rule };
}
