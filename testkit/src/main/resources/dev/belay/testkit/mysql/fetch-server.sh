#!/bin/sh
# Unpacks one server of Debian's archive, with every library it needs, its own libc among them, into a folder. apt checks
# the archive's signature and the hash of each package; the system's own packages are neither used nor changed.
# usage: fetch-server.sh FOLDER SUITE PACKAGE
#   FOLDER     where usr/ of the packages goes; exists and is empty
#   DEBIAN_MIRROR   URL of a mirror; without it, the one in the system's own apt sources
#   DEBIAN_KEYRING  the archive's keys, from the package debian-archive-keyring
# Needs apt-get, apt-config, dpkg-deb and tar; no root, amd64 only. 30 to 100 MB are fetched.
set -eu
folder=$1 suite=$2 package=$3
keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

refuse() {
  echo "fetch-server: $1" >&2
  exit 3
}

# With the lists of the last "apt-get update" a mirror is known by what it says of itself, without them by its path.
system_mirror() {
  {
    apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n 's|^Debian/Debian ||p'
    apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$'
  } 2>/dev/null | head -n 1
}

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || refuse "no apt-get or no dpkg-deb on this machine"
[ "$(uname -m)" = x86_64 ] || refuse "only for x86_64, not for $(uname -m)"
mirror=${DEBIAN_MIRROR:-$(system_mirror)}
[ -n "$mirror" ] || refuse "the apt sources of this machine name no mirror of Debian: set DEBIAN_MIRROR to the URL of one"
[ -r "$keyring" ] || refuse "no $keyring: install the package debian-archive-keyring, or set DEBIAN_KEYRING"

work=$folder/.apt
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/none"
: > "$work/status"
echo "deb [signed-by=$keyring] $mirror $suite main" > "$work/sources.list"
# Of the system's settings those that make its mirror reachable.
apt-config dump | grep -iE '^Acquire::(([a-z]+::)?Proxy|https?::CaInfo|Check-Valid-Until|Check-Date)' > "$work/apt.conf" || :
cat >> "$work/apt.conf" <<SETTINGS
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "$work/none";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "$work/none";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "$work/none";
Dir::State "$work";
Dir::State::Lists "$work/lists";
Dir::State::Status "$work/status";
Dir::Cache "$work";
Dir::Cache::Archives "$work/archives";
Dir::Log "$work";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
SETTINGS
export APT_CONFIG="$work/apt.conf"

apt-get -qq update >&2
apt-get -qq -y --download-only install "$package" >&2

# Older suites still have packages with files in /lib and /lib64: they are to meet the others in /usr.
mkdir -p "$folder/usr/lib" "$folder/usr/lib64"
ln -s usr/lib usr/lib64 "$folder"
for deb in "$work"/archives/*.deb; do
  case ${deb##*/} in
    # what only the packages' own installation would need
    perl* | libperl* | libgdbm* | libdb5* | debconf* | ucf* | sensible-utils* | libc-gconv* | gcc-*-base*) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder" --no-same-owner --keep-directory-symlink \
    --exclude=./etc --exclude=./var --exclude=./usr/bin --exclude=./usr/share/doc --exclude=./usr/share/man \
    --exclude=./usr/share/locale --exclude=./usr/share/lintian --exclude=./usr/share/i18n
done
rm -rf "$work"
