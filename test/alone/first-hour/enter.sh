#!/bin/sh
# Runs the steps of the first hour in an empty Debian: BASE below a file system in memory, with the NODE and the NPM of this machine, and
# no network. It expects namespaces of its own (unshare), with which everything ends. RELEASE and NEXT_RELEASE are folders with tarballs.
set -eu
here=$(dirname "$0")

mount -t tmpfs -o mode=755 tmpfs "$ROOM"
mkdir "$ROOM/upper" "$ROOM/work" "$ROOM/root"
mount -t overlay -o "lowerdir=$BASE,upperdir=$ROOM/upper,workdir=$ROOM/work" overlay "$ROOM/root"
root=$ROOM/root
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

# As the archive of nodejs.org has them.
cp "$NODE" "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules"
cp -r "$NPM" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
mkdir "$root/first-hour"
cp "$here/steps.sh" "$root/first-hour"

hostname debian
ip link set lo up
mkfifo "$ROOM/addresses"
"$OWN_NODE" "$here/../../support/packed/serve-registries.ts" "$RELEASE" "$NEXT_RELEASE" > "$ROOM/addresses" &
read -r REGISTRY NEXT_REGISTRY < "$ROOM/addresses"
echo 127.0.0.1 localhost debian > "$root/etc/hosts"
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  REGISTRY="$REGISTRY" NEXT_REGISTRY="$NEXT_REGISTRY" VERSION="$VERSION" NEXT_VERSION="$NEXT_VERSION" sh /first-hour/steps.sh
