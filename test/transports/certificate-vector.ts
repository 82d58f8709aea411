/** A client certificate that has a bit of everything. */
export const PEM = `-----BEGIN CERTIFICATE-----
MIIDpzCCA06gAwIBAgIUTmFk5i22Pc+Q5uvxkL7wah3xfxwwCgYIKoZIzj0EAwIw
MjELMAkGA1UEBhMCREUxETAPBgNVBAoMCFRlc3QgT3JnMRAwDgYDVQQDDAdUZXN0
IENBMB4XDTI2MTEyNzA3MzEzN1oXDTI3MTEyNzA3MzEzN1owgd4xCzAJBgNVBAYT
AkRFMQ8wDQYDVQQIDAZCYXllcm4xETAPBgNVBAcMCEVybGFuZ2VuMRUwEwYDVQQK
DAxUYXZlbmRvIEdtYkgxDTALBgNVBAsMBFRlYW0xEzARBgNVBAMMCmNsaWVudCBv
bmUxHDAaBgkqhkiG9w0BCQEWDWFAZXhhbXBsZS5jb20xCzAJBgNVBAwMAkRyMQsw
CQYDVQQFEwI0MjESMBAGCgmSJomT8ixkAQEMAnUxMRcwFQYKCZImiZPyLGQBGRYH
ZXhhbXBsZTELMAkGA1UEKgwCQWwwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQCmFV9CQFEKdL145KDbVPLz+8E3mQTNDnXyaIG1LMULEP/Gl+3GVbjtTPTN
lSKt6LgWaNdScUQqf+PsXJglSESUA0auZzz1bc+4ongmSut3tzbeKdrwaeqdw1Bk
YveY1A3RLmeMK89+2x5Mpy/FZCYF9/DgascQF0QVLLULgl4ZVSPi62smESqLHAze
HRVCq8fbmBlbcqrZfjwKwbM1rtkDsCDX9+Z/z0KVxJVNN3MbdjRY1yEntvFH363a
imP4P29E+Yy5DDXZaPzMBDv31Z+Cmp6RmMH3bVaKTqE5egO2ADxwJGalENP2WfGZ
7/BIrwTljMlJfWvEMG3rpq0KWfBrAgMBAAGjgckwgcYwCQYDVR0TBAIwADAOBgNV
HQ8BAf8EBAMCBaAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwLwYDVR0RBCgwJoIOY2xp
ZW50LmV4YW1wbGWBDWFAZXhhbXBsZS5jb22GBXVybjp4MB0GA1UdDgQWBBQ+b4pU
2zMrl6lR4ZpH8tZQDvKkVjAfBgNVHSMEGDAWgBRQ3vZyhLWjAnjWfjasGSf5VcRm
JTAUBglghkgBhvhCAQ0EBxYFaGVsbG8wDQYEKgMEBQQFDANvd24wCgYIKoZIzj0E
AwIDRwAwRAIgG+3zfhQ3YrUD9zYvej6PL5dIaS7DeeaqfAPgtAPhpcECIG57K+so
Wo2GwKJUXHSQIIzC6IVAYdL17QiAPfA7Kp/L
-----END CERTIFICATE-----
`;

/** What Crossbar.io 26.10 tells authenticators of it, but for `serial` and the values of extensions. */
export const CROSSBAR = {
  md5: '63:8A:23:AF:B7:1C:0C:46:51:A7:38:FD:6A:34:D0:2E',
  sha1: '1C:F4:54:6F:43:DB:E4:7B:CB:31:15:E2:6E:EB:EA:96:35:EC:8E:97',
  sha256: '2B:AE:E6:BA:91:53:C3:AA:AC:18:2D:0C:19:0C:2C:6F:3B:93:70:7F:26:4A:E4:B9:71:AD:70:E4:07:A6:52:A8',
  expired: false,
  hash: 3120989894,
  signature_algorithm: 'ecdsa-with-SHA256',
  version: 2,
  not_before: '20261127073137Z',
  not_after: '20271127073137Z',
  subject: {
    c: 'DE',
    st: 'Bayern',
    l: 'Erlangen',
    o: 'Tavendo GmbH',
    ou: 'Team',
    cn: 'client one',
    emailaddress: 'a@example.com',
    title: 'Dr',
    serialnumber: '42',
    uid: 'u1',
    dc: 'example',
    givenname: 'Al',
  },
  issuer: { c: 'DE', o: 'Test Org', cn: 'Test CA' },
};

/** Its extensions, as `openssl x509 -text` shows them; those that we do not know in octets. */
export const EXTENSIONS = [
  { name: 'basicConstraints', value: 'CA:FALSE', critical: false },
  { name: 'keyUsage', value: 'Digital Signature, Key Encipherment', critical: true },
  { name: 'extendedKeyUsage', value: 'TLS Web Client Authentication', critical: false },
  { name: 'subjectAltName', value: 'DNS:client.example, email:a@example.com, URI:urn:x', critical: false },
  {
    name: 'subjectKeyIdentifier',
    value: '3E:6F:8A:54:DB:33:2B:97:A9:51:E1:9A:47:F2:D6:50:0E:F2:A4:56',
    critical: false,
  },
  {
    name: 'authorityKeyIdentifier',
    value: '50:DE:F6:72:84:B5:A3:02:78:D6:7E:36:AC:19:27:F9:55:C4:66:25',
    critical: false,
  },
  { name: '2.16.840.1.113730.1.13', value: '16:05:68:65:6C:6C:6F', critical: false },
  { name: '1.2.3.4.5', value: '0C:03:6F:77:6E', critical: false },
];
