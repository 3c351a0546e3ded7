// What Tailcall's templates cannot say. The start puts a line before this one: `const tokens = {…};`, by e-mail address.

/** From the header `ids`, of one profile id or a list of them, to Mind's numbers. */
function askByIds({ request }) {
  const ids = request.headers.ids.match(/\d+/g);
  delete request.headers.ids;
  request.uri.query = {
    'userIds[]': ids.join('&userIds[]='),
    'show[]': 'all',
    format: 'full',
    limit: `${ids.length}`,
  };
  return { request };
}

/** From the e-mail address to its token. */
function askWithToken({ request }) {
  request.headers.api_access_token = tokens[request.headers.api_access_token];
  return { request };
}
