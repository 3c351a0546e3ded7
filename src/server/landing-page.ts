// GET / outside production: Apollo Sandbox in the page, pointed at this gateway. It is loaded from Apollo's servers.
import { EXAMPLE_OPERATIONS } from './example-operations.js';

const INITIAL_STATE = { ...EXAMPLE_OPERATIONS[0], includeCookies: false };

export const LANDING_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Profile gateway · Apollo Sandbox</title>
    <style>
      html, body, #sandbox { margin: 0; height: 100%; width: 100%; }
      iframe { border: 0; height: 100%; width: 100%; }
      p { font: 16px/1.5 sans-serif; margin: 3em; }
    </style>
  </head>
  <body>
    <div id="sandbox"><p>Apollo Sandbox is loaded from the internet. <a href="/explorer">The explorer</a> needs none.</p></div>
    <script src="https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js"></script>
    <script>
      if (window.EmbeddedSandbox) {
        document.getElementById('sandbox').replaceChildren();
        new window.EmbeddedSandbox({
          target: '#sandbox',
          initialEndpoint: new URL('/graphql', window.location.href).href,
          endpointIsEditable: false,
          runTelemetry: false,
          initialState: ${JSON.stringify(INITIAL_STATE).replaceAll('<', '\\u003c')},
        });
      }
    </script>
  </body>
</html>
`;
