# Built once with everything, run with what production needs alone, as a user without rights.
# BASE has Node 20.19 or newer; another one is for machines that cannot ask a registry.
ARG BASE=node:24-bookworm-slim
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY prisma.config.ts tsconfig.json tsconfig.build.json ./
COPY prisma prisma
COPY src src
RUN npm run build

FROM ${BASE} AS production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY .ci/slim.mjs /tmp/
# DATABASE_URL is given to a container: the embedded Postgres goes with the rest.
RUN npm ci --omit=dev --omit=peer --ignore-scripts && node /tmp/slim.mjs .

FROM ${BASE}
# A worker stays below 200 MB: a small young space, and two heaps for all threads of the C library.
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data MALLOC_ARENA_MAX=2 NODE_OPTIONS=--max-semi-space-size=2
WORKDIR /app
COPY package.json ./
COPY --from=production /app/node_modules node_modules
COPY prisma/migrations prisma/migrations
COPY templates templates
COPY --from=build /app/dist dist
# Any user may be given; who is none of ours writes to a volume of theirs.
RUN install -d -o 1000 -g 1000 -m 0777 /data
USER 1000:1000
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["start"]
