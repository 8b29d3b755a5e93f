#!/usr/bin/env bash
# EST with strongSwan's pki: the CA certificates, then the renewal of an LDevID under a new key.
#
#   est-with-strongswan.sh https://HOST:PORT OWNED-DIR OUT-DIR
#
# OWNED-DIR is what 'eider pledge onboard --out' made: key.pem, ldevid.pem, chain.pem.
set -euo pipefail

registrar=${1:?registrar, for instance https://localhost:8443}
owned=${2:?folder of the onboarded device}
out=${3:?folder for the results}
mkdir -p "$out"
step() { printf '== %s\n' "$*"; }
fail() { printf 'failed: %s\n' "$*" >&2; exit 1; }

# chain.pem holds several certificates; pki takes one file each.
awk -v out="$out" '/BEGIN CERTIFICATE/ { n++ } n { print > (out "/ca-" n ".pem") }' "$owned/chain.pem"
anchors=()
for ca in "$out"/ca-*.pem; do anchors+=(--cacert "$ca"); done

step "pki --estca: the domain's CA certificates"
pki --estca --url "$registrar" "${anchors[@]}" --caout "$out/estca.pem" --outform pem --force
for file in "$out"/estca*.pem; do openssl x509 -in "$file" -noout -subject; done

step "pki --est: renew the LDevID under a new key"
pki --gen --type ecdsa --size 256 --outform pem >"$out/key.pem"
serial=$(openssl x509 -in "$owned/ldevid.pem" -noout -subject -nameopt sep_multiline,lname | sed -n 's/^ *serialNumber=//p')
pki --req --in "$out/key.pem" --type ecdsa --dn "serialNumber=$serial" --outform pem >"$out/request.pem"
pki --est --url "$registrar" --in "$out/request.pem" "${anchors[@]}" --cert "$owned/ldevid.pem" --key "$owned/key.pem" \
  --maxpolltime 60 --outform pem >"$out/ldevid.pem"

step "the renewed LDevID verifies and certifies the new key"
cat "$out"/ca-*.pem >"$out/chain.pem"
openssl verify -CAfile "$out/chain.pem" "$out/ldevid.pem" || fail "the renewed LDevID does not verify"
[ "$(openssl x509 -in "$out/ldevid.pem" -noout -pubkey)" = "$(openssl pkey -in "$out/key.pem" -pubout)" ] || fail "it is for another key"
step "done"
