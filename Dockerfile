# syntax=docker/dockerfile:1
# One target per program of docker-compose.yaml. The test in test/compose reads this
# file: each `go build` must end in `-o /out/<program> <package>`.
# Base images are pinned by tag only, because digests differ by platform.

FROM golang:1.26.8-bookworm AS go
ENV CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false
WORKDIR /src

# The servers are separate modules, and only their folders are copied. A change of our
# code keeps their layers, which take minutes to build.
FROM go AS build-etcd
WORKDIR /src/devenv/etcd
COPY devenv/etcd .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w" -o /out/etcd .

FROM go AS build-kubernetes
WORKDIR /src/devenv/kubernetes
COPY devenv/kubernetes .
# Set the version, which otherwise comes from Kubernetes' own build.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes) && minor=${version#v1.} && \
    x=k8s.io/component-base/version && \
    echo "-s -w -X $x.gitVersion=$version -X $x.gitMajor=1 -X $x.gitMinor=${minor%%.*}" > /ldflags
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "$(cat /ldflags)" -o /out/kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "$(cat /ldflags)" -o /out/kubectl k8s.io/kubernetes/cmd/kubectl

FROM go AS build-tack
COPY . .
# In this order, each build finds most of its packages compiled by the previous one.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w" -o /out/worker ./worker
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w" -o /out/k8sbridge ./k8sbridge
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w" -o /out/starter ./starter
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w" -o /out/gateway ./devenv/gateway/cmd
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w" -o /out/kubecerts ./devenv/compose/kubecerts

# The image is not distroless, because health checks run curl inside the container, also over TLS.
FROM debian:12-slim AS runtime
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates curl && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --uid 65532 --no-create-home --shell /usr/sbin/nologin tack && \
    install -d -o tack -g tack -m 0700 /var/lib/etcd /var/lib/gateway
# The user is a number, so that Kubernetes can verify that it is not root. A new volume
# gets the owner of the folder that it is mounted on.
USER 65532:65532

FROM runtime AS etcd
COPY --from=build-etcd /out/etcd /usr/local/bin/etcd
ENTRYPOINT ["/usr/local/bin/etcd"]

FROM runtime AS kube-apiserver
COPY --from=build-kubernetes /out/kube-apiserver /usr/local/bin/kube-apiserver
ENTRYPOINT ["/usr/local/bin/kube-apiserver"]

FROM runtime AS kubectl
COPY --from=build-kubernetes /out/kubectl /usr/local/bin/kubectl
ENTRYPOINT ["/usr/local/bin/kubectl"]

FROM runtime AS kube-certs
COPY --from=build-tack /out/kubecerts /usr/local/bin/kubecerts
ENTRYPOINT ["/usr/local/bin/kubecerts"]

FROM runtime AS worker
COPY --from=build-tack /out/worker /usr/local/bin/worker
ENTRYPOINT ["/usr/local/bin/worker"]

FROM runtime AS k8sbridge
COPY --from=build-tack /out/k8sbridge /usr/local/bin/k8sbridge
ENTRYPOINT ["/usr/local/bin/k8sbridge"]

FROM runtime AS starter
COPY --from=build-tack /out/starter /usr/local/bin/starter
ENTRYPOINT ["/usr/local/bin/starter"]

FROM runtime AS gateway
COPY --from=build-tack /out/gateway /usr/local/bin/gateway
ENTRYPOINT ["/usr/local/bin/gateway"]

FROM python:3.12-slim AS moto
COPY devenv/moto/requirements.txt /requirements.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt
COPY devenv/moto/tackmoto /opt/tackmoto
COPY devenv/moto/tack_moto /usr/local/bin/tack_moto
ENV PYTHONPATH=/opt
USER 65532:65532
ENTRYPOINT ["tack_moto"]
