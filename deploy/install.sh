#!/bin/sh
# Installs newsflow from this clone as a systemd service, or upgrades it: sudo deploy/install.sh
#
# Each version has a folder of its own, /opt/newsflow-VERSION, and /opt/newsflow points at one: the way back is the link.
# PYTHON names another Python (3.11 or newer), ROOT a folder to install below without a user or systemd, as packagers do.
# EXTRAS are "broker" for the embedded Kafka, "otel" for traces, "spacy".
set -eu

PYTHON=${PYTHON:-python3}
ROOT=${ROOT:-}
EXTRAS=${EXTRAS:-broker,otel}
source=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^VERSION = "\(.*\)"$/\1/p' "$source/pipeline/version.py")
home=$ROOT/opt/newsflow-$version

[ -n "$version" ] || { echo "install.sh: no version in pipeline/version.py" >&2; exit 1; }
[ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || { echo "install.sh: run it as root, or set ROOT=FOLDER" >&2; exit 1; }
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "install.sh: newsflow needs Python 3.11 or newer: PYTHON=/path/to/python3.11 $0" >&2
    exit 1
}

echo "installing newsflow $version into $home"
mkdir -p "$ROOT/opt" "$ROOT/etc/systemd/system"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$PYTHON" -m venv "$tools/venv"
pip="$tools/venv/bin/pip --quiet --disable-pip-version-check --no-input"
$pip install --constraint "$source/constraints.txt" hatchling ziglang
(cd "$source" && "$tools/venv/bin/python" -m hatchling build -t wheel -d "$tools/wheel") >"$tools/log" 2>&1 || {
    cat "$tools/log" >&2
    echo "install.sh: the wheel cannot be built" >&2
    exit 1
}
"$PYTHON" -m venv --clear --without-pip "$home"
$pip --python "$home/bin/python" install --constraint "$source/constraints.txt" \
    "newsflow[$EXTRAS] @ file://$(echo "$tools"/wheel/newsflow-*.whl)"
(cd / && "$home/bin/newsflow" --version)
chmod -R go+rX,go-w "$home"

[ -n "$ROOT" ] || getent passwd newsflow >/dev/null ||
    useradd --system --home-dir /var/lib/newsflow --no-create-home --shell /usr/sbin/nologin newsflow
mkdir -p "$home/share" "$ROOT/etc/newsflow"
cp "$source/deploy/README.md" "$home/share/README.md"
ln -sfn "newsflow-$version" "$ROOT/opt/newsflow"
cp "$source/deploy/systemd/newsflow.service" "$ROOT/etc/systemd/system/newsflow.service"
[ -e "$ROOT/etc/newsflow/newsflow.env" ] || cp "$source/deploy/systemd/newsflow.env" "$ROOT/etc/newsflow/newsflow.env"
chmod 0750 "$ROOT/etc/newsflow"
chmod 0640 "$ROOT/etc/newsflow/newsflow.env"
[ -n "$ROOT" ] || { chgrp -R newsflow /etc/newsflow && systemctl daemon-reload; }

echo "settings: $ROOT/etc/newsflow/newsflow.env"
echo "start it: systemctl enable --now newsflow      after an upgrade: systemctl restart newsflow"
