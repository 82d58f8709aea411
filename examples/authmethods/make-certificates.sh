#!/bin/sh
# Makes an authority of our own, and certificates for the node (localhost) and for user1, in the directory `certificates`
# beside this script, or in the one that is named. Prints the SHA-256 fingerprint of user1's certificate.
set -eu
directory="${1:-$(dirname "$0")/certificates}"
mkdir -p "$directory"
cd "$directory"
umask 077

# request NAME SUBJECT: a key pair, and the request to certify it.
request() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$1.key" -out "$1.csr" -subj "$2" 2> openssl.log || { cat openssl.log >&2; exit 1; }
}

# certify NAME EXTENSIONS: signed by the authority.
certify() {
  printf '%s\n' 'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid' "$2" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -days 365 -sha256 \
    -extfile "$1.ext" -out "$1.pem" 2> openssl.log || { cat openssl.log >&2; exit 1; }
}

request authority '/CN=Authority of the example'
printf '%s\n' 'basicConstraints = critical, CA:TRUE' 'keyUsage = critical, keyCertSign' 'subjectKeyIdentifier = hash' \
  > authority.ext
openssl x509 -req -in authority.csr -signkey authority.key -days 365 -sha256 -extfile authority.ext \
  -out authority.pem 2> openssl.log || { cat openssl.log >&2; exit 1; }

request node '/CN=localhost'
certify node 'subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth'

request user1 '/CN=user1'
certify user1 'extendedKeyUsage = clientAuth'

rm -f -- *.csr *.ext openssl.log
openssl x509 -in user1.pem -noout -fingerprint -sha256 | cut -d = -f 2
