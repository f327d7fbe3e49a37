# syntax=docker/dockerfile:1
# A Convoy node, or the console, in a container. See docs/guide/container.md.

FROM node:24-slim AS build
WORKDIR /src
COPY . .
RUN npm ci
RUN npm run build
# Keep only what runs: the built packages and their dependencies. The page is in the console's dist.
RUN npm prune --omit=dev && rm -rf packages/console-web packages/*/src packages/*/test packages/*/tsconfig.json

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/packages ./packages
RUN ln -s /app/packages/cli/bin/convoy.cjs /usr/local/bin/convoy
USER node
# 9100 is for distribution, 4000 for the page of `convoy up`.
EXPOSE 9100 4000
STOPSIGNAL SIGTERM
# Contacts the node that this container's variables describe, over loopback. For `convoy up`, use /api/health instead.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["convoy", "ping", "--timeout", "5"]
ENTRYPOINT ["convoy"]
CMD ["node"]
