#!/usr/bin/env bash
# Builds engines for `npm run test:engines` from public Go modules, into a folder of its own:
#   test/engines/build.sh FOLDER NAME…      NAME is actionlint, compose, etcd, jaeger, kube-apiserver, otelcol or promtool
# Needs Go 1.26 or later. An engine takes 1 to 20 minutes on two cores. All take 8 GB of Go's caches.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 64; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOBIN=$target CGO_ENABLED=0
# Collector, Jaeger and Prometheus have the versions of docker-compose.yml. The module 1.76.0 is Jaeger 2.13.0, and 0.316.0 is
# Prometheus 3.16.0.
# renovate: go.opentelemetry.io/collector/cmd/builder
COLLECTOR=0.161.0
# renovate: go.opentelemetry.io/collector/confmap/provider/fileprovider
COLLECTOR_STABLE=1.67.0
# renovate: github.com/jaegertracing/jaeger
JAEGER=1.76.0
# renovate: github.com/prometheus/prometheus
PROMETHEUS=0.316.0
# renovate: github.com/rhysd/actionlint
ACTIONLINT=1.7.12
# renovate: github.com/docker/compose/v2
COMPOSE=2.40.3
# renovate: go.etcd.io/etcd/server/v3
ETCD=3.7.3
# renovate: k8s.io/kubernetes
KUBERNETES=1.37.2

# Builds PROGRAM from PACKAGE@VERSION. `go install` rejects packages of modules that replace others.
build_in_module() {
  go get "$2"
  go build -o "$target/$1" "${2%@*}"
}

build_kube-apiserver() {
  # Kubernetes replaces its own modules by folders that the module does not contain. Their versions start with 0 instead of 1.
  go mod download "k8s.io/kubernetes@v$KUBERNETES"
  sed -n 's/^\t\(k8s.io\/[a-z-]*\) => .*/\1/p' "$(go env GOMODCACHE)/k8s.io/kubernetes@v$KUBERNETES/go.mod" |
    while read -r module; do go mod edit -replace "$module=$module@v0${KUBERNETES#1}"; done
  build_in_module kube-apiserver "k8s.io/kubernetes/cmd/kube-apiserver@v$KUBERNETES"
}

build_otelcol() {
  go install "go.opentelemetry.io/collector/cmd/builder@v$COLLECTOR"
  cat >builder.yaml <<YAML
dist: { name: otelcol, description: The parts that deploy/otel-collector/config.yaml uses, output_path: dist, version: $COLLECTOR }
receivers: [{ gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v$COLLECTOR }]
processors:
  - gomod: go.opentelemetry.io/collector/processor/memorylimiterprocessor v$COLLECTOR
  - gomod: go.opentelemetry.io/collector/processor/batchprocessor v$COLLECTOR
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor v$COLLECTOR
exporters:
  - gomod: go.opentelemetry.io/collector/exporter/otlpexporter v$COLLECTOR
  - gomod: go.opentelemetry.io/collector/exporter/otlphttpexporter v$COLLECTOR
# Without the provider of environment variables, its default scheme, the collector does not start.
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider v$COLLECTOR_STABLE
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v$COLLECTOR_STABLE
YAML
  "$target/builder" --config builder.yaml
  mv dist/otelcol "$target"
}

build_promtool() {
  # A module does not know the version of its release. Of the ways to find targets, the configuration uses files only.
  local version=${PROMETHEUS#0.}
  go install -tags remove_all_sd,enable_file_sd \
    -ldflags "-X github.com/prometheus/common/version.Version=${version:0:1}.${version:1}" \
    "github.com/prometheus/prometheus/cmd/promtool@v$PROMETHEUS"
}

for name; do
  mkdir "$work/$name" && cd "$work/$name"
  go mod init engine 2>/dev/null
  case $name in
    actionlint) go install "github.com/rhysd/actionlint/cmd/actionlint@v$ACTIONLINT" ;;
    compose) build_in_module docker-compose "github.com/docker/compose/v2/cmd@v$COMPOSE" ;;
    etcd) build_in_module etcd "go.etcd.io/etcd/server/v3@v$ETCD" ;;
    jaeger) build_in_module jaeger "github.com/jaegertracing/jaeger/cmd/jaeger@v$JAEGER" ;;
    kube-apiserver | otelcol | promtool) "build_$name" ;;
    *) echo "unknown engine: $name" >&2 && exit 64 ;;
  esac
  echo "$target: $name"
done
