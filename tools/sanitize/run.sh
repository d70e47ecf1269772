#!/bin/sh
# The kernels' property tests with every read and write watched (AddressSanitizer): what reads or
# writes past a matrix ends the run. Needs the sanitizer's library, which the Linux toolchain brings;
# the compiler's switch for it is not a stable one, hence RUSTC_BOOTSTRAP, here alone.
set -eu
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR=../../target/sanitize
exec cargo test --quiet --target "$host" "$@"
