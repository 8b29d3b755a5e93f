#!/usr/bin/env bash
# Asks a MASA for a voucher and its audit log with nothing but openssl and curl, in the place of a registrar.
#
#   masa-with-openssl.sh https://HOST:PORT IDEVID-DIR OUT-DIR TLS-CA.pem
#
# IDEVID-DIR is what 'eider masa idevid --out' made; TLS-CA.pem is what the MASA's TLS certificate chains to (tls-ca.pem in its data).
set -euo pipefail

masa=${1:?MASA, for instance https://localhost:9443}
idevid=${2:?folder of the IDevID}
out=${3:?folder for the results}
tlsca=${4:?anchor of the MASA\'s TLS certificate}
mkdir -p "$out"
step() { printf '== %s\n' "$*"; }
fail() { printf 'failed: %s\n' "$*" >&2; exit 1; }
sign() { # sign CERT KEY IN OUT [MORE...]
  local cert=$1 key=$2 in=$3 to=$4
  shift 4
  openssl cms -sign -binary -nodetach -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.40 \
    -signer "$cert" -inkey "$key" "$@" -in "$in" -outform DER -out "$to"
}
post() { "$@" --output "$body" --write-out '%{http_code}'; }

step "a domain: a root, and a registrar certificate with id-kp-cmcRA"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$out/root.key" -out "$out/root.pem" -days 3650 \
  -subj "/CN=openssl domain" -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
issue() { # issue NAME EKU
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$out/$1.key" -subj "/CN=$1" 2>/dev/null |
    openssl x509 -req -CA "$out/root.pem" -CAkey "$out/root.key" -CAcreateserial -days 365 -out "$out/$1.pem" \
      -extfile <(printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=%s\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid' "$2") 2>/dev/null
}
issue registrar "serverAuth,clientAuth,1.3.6.1.5.5.7.3.28"
issue impostor "serverAuth,clientAuth"

step "the pledge's request, signed with the IDevID, naming the registrar's certificate"
serial=$(openssl x509 -in "$idevid/cert.pem" -noout -subject -nameopt sep_multiline,lname | sed -n 's/^ *serialNumber=//p')
nonce=$(openssl rand -base64 16)
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '{"ietf-voucher-request:voucher":{"assertion":"proximity","created-on":"%s","serial-number":"%s","nonce":"%s","proximity-registrar-cert":"%s"}}' \
  "$now" "$serial" "$nonce" "$(openssl x509 -in "$out/registrar.pem" -outform DER | base64 -w0)" >"$out/pledge.json"
sign "$idevid/cert.pem" "$idevid/key.pem" "$out/pledge.json" "$out/pledge.vcj"

step "the registrar's request around it"
printf '{"ietf-voucher-request:voucher":{"assertion":"proximity","created-on":"%s","serial-number":"%s","nonce":"%s","prior-signed-voucher-request":"%s"}}' \
  "$now" "$serial" "$nonce" "$(base64 -w0 "$out/pledge.vcj")" >"$out/registrar.json"
sign "$out/registrar.pem" "$out/registrar.key" "$out/registrar.json" "$out/registrar.vcj" -certfile "$out/root.pem"

client=(curl --silent --show-error --max-time 40 --cacert "$tlsca" -H 'Content-Type: application/voucher-cms+json')
step "requestvoucher"
body=$out/voucher.vcj
status=$(post "${client[@]}" -H 'Accept: application/voucher-cms+json' --data-binary "@$out/registrar.vcj" "$masa/.well-known/brski/requestvoucher")
[ "$status" = 200 ] || fail "requestvoucher: HTTP $status: $(head -c 300 "$body")"
openssl cms -verify -inform DER -in "$out/voucher.vcj" -CAfile "$idevid/anchors.pem" -purpose any -out "$out/voucher.json" 2>/dev/null \
  || fail "the voucher's signature does not verify"
leaf() { sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p" "$out/voucher.json" | sed 's#\\/#/#g'; }
[ "$(leaf nonce)" = "$nonce" ] || fail "the voucher is for another nonce"
[ "$(leaf serial-number)" = "$serial" ] || fail "the voucher is for another device"
[ "$(leaf assertion)" = proximity ] || fail "assertion $(leaf assertion), not proximity"
leaf pinned-domain-cert | base64 -d | openssl x509 -inform DER -out "$out/pinned.pem"
openssl verify -purpose any -partial_chain -trusted "$out/pinned.pem" "$out/registrar.pem" || fail "the voucher pins another domain"

step "requestauditlog with the same request"
body=$out/audit-log.json
status=$(post "${client[@]}" -H 'Accept: application/json' --data-binary "@$out/registrar.vcj" "$masa/.well-known/brski/requestauditlog")
[ "$status" = 200 ] || fail "requestauditlog: HTTP $status: $(head -c 300 "$body")"
grep -q '"domainID"' "$body" || fail "no domainID in the audit log"

step "a signer without id-kp-cmcRA is refused"
sign "$out/impostor.pem" "$out/impostor.key" "$out/registrar.json" "$out/impostor.vcj" -certfile "$out/root.pem"
body=$out/refusal.txt
status=$(post "${client[@]}" --data-binary "@$out/impostor.vcj" "$masa/.well-known/brski/requestvoucher")
[ "$status" = 403 ] || fail "an impostor got HTTP $status instead of 403"

step "done"
