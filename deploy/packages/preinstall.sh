#!/bin/sh
set -e
if ! getent passwd modelarts-exporter > /dev/null; then
  useradd --system --user-group --no-create-home --home-dir /var/lib/modelarts-exporter \
    --shell /usr/sbin/nologin modelarts-exporter
fi
