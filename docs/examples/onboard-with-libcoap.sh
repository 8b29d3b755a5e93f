#!/usr/bin/env bash
# Onboards a constrained device with nothing but openssl and coap-client-openssl (Debian libcoap3-bin): cBRSKI with EST-coaps, step by step.
#
#   onboard-with-libcoap.sh coaps://HOST:PORT IDEVID-DIR OUT-DIR
#
# IDEVID-DIR is what 'eider masa idevid --out' made: key.pem, cert.pem, chain.pem, anchors.pem; its key is on P-256.
# OUT-DIR gets the voucher, the LDevID and its key, and every step between.
set -euo pipefail

registrar=${1:?registrar, for instance coaps://localhost:5684}
idevid=${2:?folder of the IDevID}
out=${3:?folder for the results}
mkdir -p "$out"
step() { printf '== %s\n' "$*"; }
fail() { printf 'failed: %s\n' "$*" >&2; exit 1; }
hex() { xxd -p | tr -d '\n'; }

cat "$idevid/cert.pem" "$idevid/chain.pem" >"$out/idevid-chain.pem"
# coap METHOD PATH FILE [OPTION...]: the answer's payload goes to FILE; what went wrong is said on standard error, and nothing is written.
coap() {
  local method=$1 path=$2 answer=$3; shift 3
  rm -f "$answer"
  coap-client-openssl -m "$method" -n -c "$out/idevid-chain.pem" -j "$idevid/key.pem" -B 5 -b 512 -o "$answer" "$@" "$registrar$path" \
    2>"$out/coap.txt" || true
  # It ends with success whatever it was answered.
  if [ -s "$out/coap.txt" ]; then cat "$out/coap.txt" >&2; return 1; fi
}

step "discovery: what the registrar offers to a pledge"
coap get '/.well-known/core?rt=brski*' "$out/brski.link"
grep -q 'rt="\?brski.rv' "$out/brski.link" || fail "no resource for voucher requests in $(cat "$out/brski.link")"
coap get '/.well-known/core?rt=ace.est*' "$out/est.link"
grep -q 'rt="\?ace.est.sen' "$out/est.link" || fail "no resource for enrolment in $(cat "$out/est.link")"

step "provisional DTLS: keep the certificate that the registrar shows, trust nothing yet"
openssl s_client -dtls1_2 -cipher ECDHE-ECDSA-AES128-CCM8 -connect "${registrar#coaps://}" -cert "$idevid/cert.pem" -key "$idevid/key.pem" \
  -showcerts </dev/null >"$out/shown.txt" 2>/dev/null || true
sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$out/shown.txt" >"$out/registrar-chain.pem"
openssl x509 -in "$out/registrar-chain.pem" -out "$out/registrar.pem"
proximity=$(openssl x509 -in "$out/registrar.pem" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | hex)

step "voucher request in CBOR, with SIDs"
serial=$(openssl x509 -in "$idevid/cert.pem" -noout -subject -nameopt sep_multiline,lname | sed -n 's/^ *serialNumber=//p')
[ ${#serial} -lt 24 ] || fail "this script encodes serial numbers of less than 24 characters"
nonce=$(openssl rand 8 | hex)
# {2501: {1: 2 (proximity), 7: nonce, 11: SHA-256 of the registrar's public key, 13: serial number}}
payload="a11909c5a401020748${nonce}0b5820${proximity}0d$(printf '%02x' $((0x60 + ${#serial})))$(printf %s "$serial" | hex)"
length=$((${#payload} / 2))
payload="58$(printf '%02x' $length)$payload"

step "signed with the IDevID: COSE_Sign1, ES256, no certificate"
# ["Signature1", {alg: ES256}, no external data, payload]
printf %s "846a5369676e61747572653143a1012640$payload" | xxd -r -p >"$out/to-be-signed.bin"
openssl dgst -sha256 -sign "$idevid/key.pem" -out "$out/signature.der" "$out/to-be-signed.bin"
# COSE wants r and s, each as long as the curve's order, not their DER.
raw=$(openssl asn1parse -inform DER -in "$out/signature.der" | sed -n 's/.*INTEGER *://p' | while read -r number; do printf '%064s' "$number" | tr ' ' 0; done)
printf %s "d28443a10126a0${payload}5840$raw" | xxd -r -p >"$out/request.vch"

step "rv"
# 5.03: nothing is decided yet, or the MASA is slow; the very same request comes again. It does too when no answer was written: libcoap
# 4.3.1 loses one that comes in blocks and in a message of its own, which is how a registrar answers when its MASA takes half a second.
for try in 1 2 3 4 5 6 7 8; do
  coap post /.well-known/brski/rv "$out/voucher.vch" -t 836 -A 836 -f "$out/request.vch" || grep -q '^5\.03' "$out/coap.txt" || fail "rv"
  [ ! -s "$out/voucher.vch" ] || break
  [ "$try" -lt 8 ] || fail "rv: no voucher after $try requests"
  sleep 4
done

step "the voucher: its signer leads to the manufacturer's anchor, its signature verifies, and it is ours"
voucher=$(hex <"$out/voucher.vch")
# Tag 18, array of 4; the protected header {alg: ES256, x5chain: certificate}; no unprotected one; payload; signature.
[ "${voucher:0:6}" = d28459 ] || fail "no COSE_Sign1 with a certificate in its protected header"
size=$((2 * 16#${voucher:6:4}))
protected=${voucher:10:size}
rest=${voucher:10+size}
[ "${protected:0:12}" = a20126182159 ] && [ "${rest:0:4}" = a058 ] || fail "a voucher of another shape than this script reads"
printf %s "${protected:16}" | xxd -r -p | openssl x509 -inform DER -out "$out/masa-signer.pem"
openssl verify -purpose any -CAfile "$idevid/anchors.pem" "$out/masa-signer.pem" || fail "the voucher's signer is not the manufacturer's"
size=$((2 * 16#${rest:4:2}))
content=${rest:6:size}
raw=${rest:6+size}
[ "${raw:0:4}" = 5840 ] && [ ${#raw} = 132 ] || fail "no signature of 64 octets behind the payload"
printf %s "846a5369676e617475726531${voucher:4:6}${protected}40${rest:2:4}${content}" | xxd -r -p >"$out/signed.bin"
printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${raw:4:64}" "${raw:68:64}" >"$out/signature.cnf"
openssl asn1parse -genconf "$out/signature.cnf" -out "$out/voucher-signature.der" >/dev/null
openssl x509 -in "$out/masa-signer.pem" -noout -pubkey >"$out/masa-signer.pub"
openssl dgst -sha256 -verify "$out/masa-signer.pub" -signature "$out/voucher-signature.der" "$out/signed.bin" || fail "the voucher's signature does not verify"
case $content in *"0748$nonce"*) ;; *) fail "the voucher is for another nonce" ;; esac
case $content in *"0b$(printf '%02x' $((0x60 + ${#serial})))$(printf %s "$serial" | hex)"*) ;; *) fail "the voucher is for another device" ;; esac
# Key 10: SHA-256 of the public key of the domain, which is the one that the session showed.
case $content in *"0a5820$proximity"*) ;; *) fail "the registrar is not the one that the voucher names" ;; esac

step "vs: the voucher is fine"
printf 'a26776657273696f6e0166737461747573f5' | xxd -r -p >"$out/status.cbor"
coap post /.well-known/brski/vs "$out/vs.txt" -t 60 -f "$out/status.cbor" || fail "vs"

step "crts: the certificates of the domain"
coap get /.well-known/est/crts "$out/crts.p7" -A 281 || fail "crts"
openssl pkcs7 -inform DER -in "$out/crts.p7" -print_certs -out "$out/crts.pem"

step "a new key and its certification request"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$out/key.pem"
openssl req -new -key "$out/key.pem" -subj "/serialNumber=$serial" -outform DER -out "$out/csr.der"

step "sen"
coap post /.well-known/est/sen "$out/ldevid.der" -t 286 -A 287 -f "$out/csr.der" || fail "sen"
openssl x509 -inform DER -in "$out/ldevid.der" -out "$out/ldevid.pem"

step "the LDevID verifies, and certifies our key"
openssl verify -CAfile "$out/crts.pem" "$out/ldevid.pem" || fail "the LDevID does not verify"
[ "$(openssl x509 -in "$out/ldevid.pem" -noout -pubkey)" = "$(openssl pkey -in "$out/key.pem" -pubout)" ] || fail "the LDevID is for another key"

step "es over a new session with the LDevID"
cat "$out/ldevid.pem" "$out/crts.pem" >"$out/ldevid-chain.pem"
coap-client-openssl -m post -n -c "$out/ldevid-chain.pem" -j "$out/key.pem" -B 40 -t 60 -f "$out/status.cbor" "$registrar/.well-known/brski/es" \
  >"$out/es.txt" 2>&1 || true
[ ! -s "$out/es.txt" ] || fail "es: $(cat "$out/es.txt")"
step "done: $(openssl x509 -in "$out/ldevid.pem" -noout -subject)"
