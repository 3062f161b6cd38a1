/*
 * signer_key.h - inside the signer: one ECDSA P-256 key (ES256, RFC 7518 section 3.4).
 */
#ifndef UPWARD_AUTH_SIGNER_KEY_H
#define UPWARD_AUTH_SIGNER_KEY_H

#include <gnutls/abstract.h>
#include <stdbool.h>
#include "base/buf.h"

CHECKED bool signer_key_new(gnutls_privkey_t *ret_key);
CHECKED bool signer_key_from_pem(const char *pem, size_t len, gnutls_privkey_t *ret_key);
/* As PKCS #8. Returns owned; the caller must wipe it. */
CHECKED char *signer_key_pem(gnutls_privkey_t key);
/* The public key as a JSON Web Key. */
CHECKED bool signer_key_jwk(gnutls_privkey_t key, const char *kid, struct buf *out);
/* The compact token for header and claims (JSON texts). Returns owned, or NULL. */
CHECKED char *signer_key_token(gnutls_privkey_t key, const char *header, const char *claims);

#endif
