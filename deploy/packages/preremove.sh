#!/bin/sh
# dpkg says `remove` where rpm says 0; at an upgrade the exporter runs on until the new one is there.
set -e
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then
      systemctl --no-reload disable --now modelarts-exporter.service
    fi
    ;;
esac
