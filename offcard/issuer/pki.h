#pragma once

#include <string>

#include "offcard/issuer/kit.h"

namespace simurgh::offcard {

/// The remote SIM provisioning roles of SGP.14, by their certificate policies 2.23.146.1.2.1.x.
enum class Role { kCi = 0, kEuicc = 1, kEum = 2, kDpTls = 3, kDpAuth = 4, kDpPb = 5 };

/// Makes a directory of fresh issuer keys: image signing keys, provider keys, and a test PKI (CI,
/// EUM, SM-DP+ authentication, profile binding and TLS). @throws UserError when there is one already.
void MakeKeyDirectory(const KeyDirectory& keys);

/// Replaces CI, EUM and SM-DP+ of the test PKI by the GSMA SGP.26 set found in `from` (names as GSMA
/// publishes them: CERT_EUM_ECDSA_NIST.der, SK_EUM_ECDSA_NIST.pem, ...).
/// @returns what was imported, one line per file. @throws UserError.
std::string ImportSgp26(const std::string& from, const KeyDirectory& keys);

/// Issues the certificate of an eUICC under the EUM (SGP.14; subject serialNumber is the EID) for
/// the card's public key, as cards/EID.der. @returns the path. @throws UserError: the EUM's name
/// constraint does not allow this EID.
std::string IssueEuiccCertificate(const KeyDirectory& keys, const std::string& eid,
                                  ConstBytes public65);

/// One line per certificate: file, subject, policy, validity, and whether its chain to the CI holds.
std::string DescribeKeyDirectory(const KeyDirectory& keys);

}  // namespace simurgh::offcard
