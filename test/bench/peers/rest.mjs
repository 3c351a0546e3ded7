// Calls with undici, for the peers whose documentation names no client of its own.
import { Pool } from 'undici';
import { connections, headers, paths, urls } from './backends.mjs';

function open(url) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections });
  const prefix = pathname.replace(/\/$/, '');
  return async (path, options) => {
    const { statusCode, body } = await pool.request({ path: prefix + path, method: 'GET', ...options });
    if (statusCode !== 200) throw new Error(`${path} was answered with status ${statusCode}.`);
    return body.json();
  };
}

const [mind, v2, omnivibe] = [open(urls.mind), open(urls.v2), open(urls.omnivibe)];

/** The calls of one request, on behalf of its caller. */
export function createCalls(authorization) {
  return {
    mindByIds: (ids) => mind(paths.mindByIds(ids), { headers: headers.mind(authorization) }),
    mindList: (limit) => mind(paths.mindList(limit), { headers: headers.mind(authorization) }),
    writeMind: (profiles) =>
      mind(paths.mindWrite, {
        method: 'PATCH',
        headers: { ...headers.mind(authorization), 'content-type': 'application/json' },
        body: JSON.stringify({ profiles }),
      }),
    v2ByEmails: async (emails) => (await v2(paths.v2ByEmails(emails), { headers: headers.v2 })).items,
    omnivibeByEmail: (email) => omnivibe(paths.omnivibe, { headers: headers.omnivibe(email) }),
  };
}
