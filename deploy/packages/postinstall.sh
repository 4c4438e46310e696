#!/bin/sh
# The exporter is not started by its installation: it needs a project and credentials first.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  # After an upgrade. What does not run stays so.
  systemctl try-restart modelarts-exporter.service
fi
