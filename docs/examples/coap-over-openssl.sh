#!/usr/bin/env bash
# One CoAP request over a DTLS session of openssl's, with TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: for who wants to see every octet.
#
#   coap-over-openssl.sh HOST:PORT IDEVID-DIR OUT-DIR
#
# OUT-DIR gets the answer's octets and keys.log, with which tshark or Wireshark decipher a capture of the session:
#   tshark -r capture.pcap -d udp.port==PORT,dtls -o tls.keylog_file:keys.log -V
set -euo pipefail

registrar=${1:?registrar, for instance localhost:5684}
idevid=${2:?folder of the IDevID}
out=${3:?folder for the results}
mkdir -p "$out"
cat "$idevid/cert.pem" "$idevid/chain.pem" >"$out/chain.pem"

# CON GET, message id 0x1234, token 5a, Uri-Path .well-known and core, Uri-Query rt=brski
request='\x41\x01\x12\x34\x5a\xbb.well-known\x04core\x48rt=brski'
{ sleep 1; printf "$request"; sleep 2; } |
  timeout 5 openssl s_client -dtls1_2 -cipher ECDHE-ECDSA-AES128-CCM8 -connect "$registrar" -cert "$idevid/cert.pem" -key "$idevid/key.pem" \
    -cert_chain "$out/chain.pem" -keylogfile "$out/keys.log" -quiet -nocommands >"$out/answer.coap" 2>"$out/openssl.txt" || true
# ACK 2.05 with our message id and token, then Content-Format 40 and the links.
head -c 4 "$out/answer.coap" | xxd -p | grep -q '^61451234$' || { cat "$out/openssl.txt" >&2; echo "no answer" >&2; exit 1; }
echo "answered: $(tail -c +9 "$out/answer.coap" | tr -cd '[:print:]')"
