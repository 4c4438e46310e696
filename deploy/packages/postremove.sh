#!/bin/sh
# The user stays, as files that were its own may.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
if [ "$1" = purge ]; then
  rm -rf /var/lib/modelarts-exporter
fi
