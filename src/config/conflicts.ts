// What is wrong between variables that are right by themselves.
import { BACKENDS, type Backend } from '../domain/profile.js';
import type { Values } from './variables.js';

export const URL_OF = { mind: 'MIND_URL', omnivibe: 'OMNIVIBE_URL', v2: 'V2_URL' } as const;

/** Variables that open a backend to whoever may use the gateway. */
const CREDENTIALS = [
  'MIND_TOKEN',
  'OMNIVIBE_TOKENS_FILE',
  'OMNIVIBE_TOKEN',
  'OMNIVIBE_PLATFORM_TOKEN',
  'V2_API_KEY',
] as const;

/** Variables that have an effect with AUTH=jwt only. */
const OF_JWT = ['JWKS_URL', 'JWT_SECRET', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const;

/** What is known while problems are looked for: a variable that is wrong has no value yet. */
export interface Draft {
  readonly values: Partial<Values>;
  readonly isProduction: boolean;
  readonly auth: NonNullable<Values['AUTH']>;
  readonly isSet: (name: keyof Values) => boolean;
  readonly isWrong: (name: keyof Values) => boolean;
  readonly isSandbox: (backend: Backend) => boolean;
  readonly isDisabled: (backend: Backend) => boolean;
}

export function createDraft(values: Partial<Values>, isSet: Draft['isSet']): Draft {
  const isDisabled = (backend: Backend) => values.DISABLED_BACKENDS?.includes(backend) === true;
  // Nothing is to be protected where every backend is a sandbox.
  const isReal = (backend: Backend) => isSet(URL_OF[backend]) && !isDisabled(backend);
  return {
    values,
    isProduction: values.NODE_ENV === 'production',
    auth: values.AUTH ?? (BACKENDS.some(isReal) ? 'mind' : 'none'),
    isSet,
    isWrong: (name) => isSet(name) && values[name] === undefined,
    isSandbox: (backend) => values.SANDBOX?.includes(backend) === true,
    isDisabled,
  };
}

/** What is wrong between variables. What depends on one that is wrong itself is not judged. */
export function conflicts(draft: Draft): string[] {
  const { isWrong } = draft;
  return [
    ...(isWrong('SANDBOX') || isWrong('DISABLED_BACKENDS') ? [] : placeProblems(draft)),
    ...(isWrong('AUTH') || isWrong('DISABLED_BACKENDS') ? [] : authProblems(draft)),
    ...(isWrong('AUTH') ? [] : jwtProblems(draft)),
    ...credentialProblems(draft),
    ...(draft.isSet('TRUSTED_DOCUMENTS') && !draft.isSet('TRUSTED_DOCUMENTS_FILE')
      ? ['TRUSTED_DOCUMENTS_FILE is not set; it is needed with TRUSTED_DOCUMENTS.']
      : []),
  ];
}

function placeProblems({ isProduction, isSet, isSandbox, isDisabled }: Draft): string[] {
  const problems = BACKENDS.flatMap((backend) => {
    const url = URL_OF[backend];
    const isPlaced = isSet(url) || isSandbox(backend) || isDisabled(backend);
    return [
      ...(isSandbox(backend) && isSet(url)
        ? [`SANDBOX names ${backend}, which also has ${url}; unset one of them.`]
        : []),
      ...(isSandbox(backend) && isDisabled(backend)
        ? [`SANDBOX and DISABLED_BACKENDS both name ${backend}; take it out of one of them.`]
        : []),
      ...(isProduction && !isPlaced
        ? [`${url} is not set; in production set it, or name ${backend} in SANDBOX or DISABLED_BACKENDS.`]
        : []),
    ];
  });
  if (BACKENDS.every(isDisabled)) problems.push('DISABLED_BACKENDS names every backend; leave one.');
  return problems;
}

function credentialProblems({ isSet, isDisabled }: Draft): string[] {
  const needed = [
    ...(isDisabled('v2') ? [] : [['V2_URL', 'V2_API_KEY'] as const]),
    ['OMNIVIBE_TOKEN', 'OMNIVIBE_ACCOUNT_ID'],
    ['OMNIVIBE_ACCOUNT_ID', 'OMNIVIBE_TOKEN'],
  ] as const;
  return needed
    .filter(([given, other]) => isSet(given) && !isSet(other))
    .map(([given, other]) => `${other} is not set; it is needed with ${given}.`);
}

function authProblems({ isProduction, auth, isSet, isSandbox, isDisabled }: Draft): string[] {
  const problems: string[] = [];
  const isAtRisk = isProduction && CREDENTIALS.some(isSet);
  if (auth === 'none' && isAtRisk) {
    problems.push(
      'AUTH=none would open the gateway’s own credentials to everybody; in production use AUTH=mind or AUTH=jwt.',
    );
  }
  if (auth !== 'mind' && isSet('MIND_URL') && !isSet('MIND_TOKEN') && !isDisabled('mind')) {
    problems.push(`MIND_TOKEN is not set; AUTH=${auth} needs it, as no caller brings a credential for Mind.`);
  }
  if (auth === 'mind' && isDisabled('mind')) {
    problems.push(
      'AUTH=mind, the default where a backend has a URL, needs Mind; take it out of DISABLED_BACKENDS.',
    );
  }
  if (auth === 'mind' && isSandbox('mind') && isAtRisk) {
    problems.push(
      'AUTH=mind would trust the tokens of the Mind sandbox, which everybody knows; in production set MIND_URL.',
    );
  }
  return problems;
}

function jwtProblems({ isProduction, auth, isSet, isWrong, values }: Draft): string[] {
  if (auth !== 'jwt') {
    return OF_JWT.filter((name) => isSet(name) && !isWrong(name)).map(
      (name) => `${name} has an effect with AUTH=jwt only; set that, or unset it.`,
    );
  }
  const problems: string[] = [];
  if (isSet('JWKS_URL') === isSet('JWT_SECRET')) {
    problems.push('AUTH=jwt needs exactly one of JWKS_URL and JWT_SECRET, to check tokens with.');
  }
  const { JWKS_URL } = values;
  if (isProduction && JWKS_URL !== undefined && new URL(JWKS_URL).protocol !== 'https:') {
    problems.push('JWKS_URL must be https in production: who changes the keys on the way can be anybody.');
  }
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (!isProduction || isSet(name)) continue;
    problems.push(`${name} is not set; in production AUTH=jwt needs it, as others’ tokens would do as well.`);
  }
  return problems;
}
