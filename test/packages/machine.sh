#!/bin/bash
# A machine of its own on this one, for machine.ts: systemd as process 1, on this Debian as it is, but without
# Node.js. What is written goes to memory. Its argument is an empty folder.
set -euo pipefail

mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
cd "$1"
mkdir changes work root
mount -t overlay overlay -o lowerdir=/,upperdir=changes,workdir=work root
cd root
rm -f usr/bin/{node,nodejs,npm,npx} usr/local/bin/{node,npm,npx}
# Nothing of this Debian is to run there but what systemd itself needs.
rm -f etc/systemd/system/*.wants/*

mount -t proc proc proc
mount --rbind /dev dev
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
# Not chroot: in one, the kernel refuses the service its PrivateUsers=.
mkdir mnt/before
pivot_root . mnt/before
umount --lazy /mnt/before
exec /usr/bin/env --ignore-environment container=other PATH=/usr/bin:/usr/sbin \
  /usr/lib/systemd/systemd --unit=basic.target --log-target=null
