# The gateway and what it runs with, nothing else. To build: docker build -t profile-gateway .
# Of the lines of Node that are supported, 24 gets fixes for the longest; 22 will do as well.
ARG NODE=node:24-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/
COPY src src/
RUN npm run build

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM ${NODE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules/
COPY package.json ./
COPY schema schema/
COPY --from=build /app/dist dist/
# The image's user "node", as a number: only of a number Kubernetes knows that it is not root.
USER 1000:1000
EXPOSE 4000
# Alive, not ready: a copy that is on its way out still answers what is under way.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1))"]
# With no npm or shell in between, so that SIGTERM arrives.
CMD ["node", "--enable-source-maps", "dist/main.js"]
