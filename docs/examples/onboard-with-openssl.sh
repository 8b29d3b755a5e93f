#!/usr/bin/env bash
# Onboards a device with nothing but openssl and curl: RFC 8995 with EST, step by step.
#
#   onboard-with-openssl.sh https://HOST:PORT IDEVID-DIR OUT-DIR
#
# IDEVID-DIR is what 'eider masa idevid --out' made: key.pem, cert.pem, chain.pem, anchors.pem.
# OUT-DIR gets the voucher, the LDevID and its key, and every step between.
set -euo pipefail

registrar=${1:?registrar, for instance https://localhost:8443}
idevid=${2:?folder of the IDevID}
out=${3:?folder for the results}
mkdir -p "$out"
step() { printf '== %s\n' "$*"; }
fail() { printf 'failed: %s\n' "$*" >&2; exit 1; }

cat "$idevid/cert.pem" "$idevid/chain.pem" >"$out/idevid-chain.pem"
pledge=(curl --silent --show-error --max-time 40 --insecure --cert "$out/idevid-chain.pem" --key "$idevid/key.pem")
post() { # post CLIENT... : answers the status code; the body goes to the file named in $body
  "$@" --output "$body" --write-out '%{http_code}'
}

step "provisional TLS: keep the certificates that the registrar shows, trust nothing yet"
openssl s_client -connect "${registrar#https://}" -showcerts </dev/null 2>/dev/null >"$out/shown.txt" || true
sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$out/shown.txt" >"$out/registrar-chain.pem"
openssl x509 -in "$out/registrar-chain.pem" -out "$out/registrar.pem"
proximity=$(openssl x509 -in "$out/registrar.pem" -outform DER | base64 -w0)

step "voucher request, signed with the IDevID"
serial=$(openssl x509 -in "$idevid/cert.pem" -noout -subject -nameopt sep_multiline,lname | sed -n 's/^ *serialNumber=//p')
nonce=$(openssl rand -base64 16)
cat >"$out/request.json" <<JSON
{"ietf-voucher-request:voucher":{"assertion":"proximity","created-on":"$(date -u +%Y-%m-%dT%H:%M:%SZ)","serial-number":"$serial","nonce":"$nonce","proximity-registrar-cert":"$proximity"}}
JSON
openssl cms -sign -binary -nodetach -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.40 \
  -signer "$idevid/cert.pem" -inkey "$idevid/key.pem" -in "$out/request.json" -outform DER -out "$out/request.vcj"

step "requestvoucher"
body=$out/voucher.vcj
# 202: nothing is decided yet, or the MASA is slow; the very same request comes again when the registrar says, within five minutes.
until=$((SECONDS + 300))
while
  status=$(post "${pledge[@]}" -H 'Content-Type: application/voucher-cms+json' -H 'Accept: application/voucher-cms+json' \
    --dump-header "$out/voucher-headers.txt" --data-binary "@$out/request.vcj" "$registrar/.well-known/brski/requestvoucher")
  [ "$status" = 202 ] && [ $SECONDS -lt $until ]
do
  pause=$(tr -d '\r' <"$out/voucher-headers.txt" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,3\}\)$/\1/p')
  sleep "${pause:-5}"
done
[ "$status" = 200 ] || fail "requestvoucher: HTTP $status: $(head -c 300 "$body")"

step "the voucher verifies against the manufacturer's anchor, and is ours"
openssl cms -verify -inform DER -in "$out/voucher.vcj" -CAfile "$idevid/anchors.pem" -purpose any -out "$out/voucher.json" 2>/dev/null \
  || fail "the voucher's signature does not verify"
leaf() { sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p" "$out/voucher.json" | sed 's#\\/#/#g'; }
[ "$(leaf nonce)" = "$nonce" ] || fail "the voucher is for another nonce"
[ "$(leaf serial-number)" = "$serial" ] || fail "the voucher is for another device"
leaf pinned-domain-cert | base64 -d | openssl x509 -inform DER -out "$out/pinned.pem"

step "the registrar's chain leads to the pinned certificate"
openssl verify -purpose any -partial_chain -trusted "$out/pinned.pem" -untrusted "$out/registrar-chain.pem" "$out/registrar.pem" \
  || fail "the registrar is not the one that the voucher names"

step "voucher_status"
body=$out/voucher-status.txt
status=$(post "${pledge[@]}" -H 'Content-Type: application/json' --data '{"version":1,"status":true}' "$registrar/.well-known/brski/voucher_status")
[ "$status" = 200 ] || fail "voucher_status: HTTP $status"

step "cacerts and csrattrs"
"${pledge[@]}" --fail "$registrar/.well-known/est/cacerts" | base64 -d | openssl pkcs7 -inform DER -print_certs -out "$out/cacerts.pem"
"${pledge[@]}" --fail "$registrar/.well-known/est/csrattrs" | base64 -d | openssl asn1parse -inform DER >"$out/csrattrs.txt"

step "a new key and its certification request"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$out/key.pem"
openssl req -new -key "$out/key.pem" -subj "/serialNumber=$serial" -outform DER | base64 >"$out/csr.b64"

step "simpleenroll"
body=$out/ldevid.b64
status=$(post "${pledge[@]}" -H 'Content-Type: application/pkcs10' --data-binary "@$out/csr.b64" "$registrar/.well-known/est/simpleenroll")
[ "$status" = 200 ] || fail "simpleenroll: HTTP $status: $(head -c 300 "$body")"
base64 -d "$out/ldevid.b64" | openssl pkcs7 -inform DER -print_certs | openssl x509 -out "$out/ldevid.pem"

step "the LDevID verifies, and certifies our key"
openssl verify -CAfile "$out/cacerts.pem" "$out/ldevid.pem" || fail "the LDevID does not verify"
[ "$(openssl x509 -in "$out/ldevid.pem" -noout -pubkey)" = "$(openssl pkey -in "$out/key.pem" -pubout)" ] || fail "the LDevID is for another key"

step "enrollstatus over a new connection with the LDevID, the registrar now authenticated"
owned=(curl --silent --show-error --max-time 40 --cacert "$out/cacerts.pem" --cert "$out/ldevid.pem" --key "$out/key.pem")
body=$out/enroll-status.txt
status=$(post "${owned[@]}" -H 'Content-Type: application/json' --data '{"version":1,"status":true}' "$registrar/.well-known/brski/enrollstatus")
[ "$status" = 200 ] || fail "enrollstatus: HTTP $status"

step "simplereenroll with a new key"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$out/key-2.pem"
openssl req -new -key "$out/key-2.pem" -subj "/serialNumber=$serial" -outform DER | base64 >"$out/csr-2.b64"
body=$out/ldevid-2.b64
status=$(post "${owned[@]}" -H 'Content-Type: application/pkcs10' --data-binary "@$out/csr-2.b64" "$registrar/.well-known/est/simplereenroll")
[ "$status" = 200 ] || fail "simplereenroll: HTTP $status: $(head -c 300 "$body")"
base64 -d "$out/ldevid-2.b64" | openssl pkcs7 -inform DER -print_certs | openssl x509 -out "$out/ldevid-2.pem"
openssl verify -CAfile "$out/cacerts.pem" "$out/ldevid-2.pem" || fail "the renewed LDevID does not verify"

step "done: $(openssl x509 -in "$out/ldevid.pem" -noout -subject)"
