# syntax=docker/dockerfile:1

# Production dependencies only: no build tools, no embedded database, no test runner.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --workspaces=false --loglevel=warn
# No compiler: an optional peer of a reader of settings files, which nobody asks to read any.
RUN rm -rf node_modules/typescript node_modules/@typescript
# What the image is made of, for scanners, read from what has been installed (`npm sbom` leaves packages out).
COPY deploy/sbom.ts ./deploy/
RUN node deploy/sbom.ts > sbom.cdx.json

# The pages for people, for who switches them on (WEB_APP): what builds them stays here.
FROM node:24-bookworm-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY clients/typescript ./clients/typescript
COPY web ./web
RUN npm ci --workspace web --include=dev --ignore-scripts --loglevel=warn && node web/build.js

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=dependencies /app/sbom.cdx.json ./
COPY package.json LICENSE ./
COPY bin ./bin
COPY src ./src
COPY migrations ./migrations
COPY openapi ./openapi
COPY docs/guide ./docs/guide
COPY docs/problems ./docs/problems
COPY --from=web /app/web/dist ./web/dist
RUN install -d -o node -g node compile-cache && ln -s /app/bin/savabegh.js /usr/local/bin/savabegh
USER node
# Compiled code of all that settings can ask for, for a quick start in little memory; proves on the way that
# everything can be loaded, and that nothing starts without settings. Node.js keeps it apart for every user, so it
# is made by the one who runs the service.
ENV NODE_COMPILE_CACHE=/app/compile-cache
RUN node --input-type=module --eval "import { globSync } from 'node:fs'; \
      const parts = 'src/{composition,database,features,http,kernel,messaging,operations,pages,settings}/**/*.ts'; \
      for (const file of globSync(parts, { exclude: ['**/*.d.ts'] })) await import('/app/' + file)" \
  && ! savabegh serve && ! savabegh worker && savabegh --help > /dev/null
EXPOSE 3000
# Whether it can work, migrations and database included: what waits for `healthy` goes on then. Whether it is to
# be restarted is another question (/livez), which compose does not ask.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Operators: `savabegh COMMAND` (docs/operations.md).
CMD ["node", "--max-semi-space-size=4", "bin/savabegh.js", "serve"]
