#include "offcard/common/saip_schema.h"

#include <cctype>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace simurgh::offcard::saip {
namespace {

/// A type in a shorthand of the ASN.1:
///   { a:T b:T? }  SEQUENCE, ? for OPTIONAL and DEFAULT     < a:T b:T >  CHOICE     [T]  SEQUENCE OF T
///   octets oid utf8 null int, each with (min..max) or (size); int{ name=1 } names numbers
///   a:T@c2  tag: u universal, a application, c context, p private. A list in which no member has a
///   tag is tagged 0, 1, 2... (AUTOMATIC TAGS); in one where some have, the others keep the tag of
///   their type (X.680 25.7). No type after the name: File.
struct Row {
  const char* name;
  const char* type;
};

// PE_Definitions 3.3.1, in its order.
constexpr Row kRows[] = {
    {"AID", "octets(5..16)"},
    {"PEHeader", "{ mandated:null? identification:int(0..32767) }"},
    {"ProfileElement",
     "< header:ProfileHeader genericFileManagement:PE-GenericFileManagement pinCodes:PE-PINCodes "
     "pukCodes:PE-PUKCodes akaParameter:PE-AKAParameter cdmaParameter:PE-CDMAParameter "
     "securityDomain:PE-SecurityDomain rfm:PE-RFM application:PE-Application "
     "nonStandard:PE-NonStandard end:PE-End rfu1:PE-Dummy rfu2:PE-Dummy rfu3:PE-Dummy "
     "rfu4:PE-Dummy rfu5:PE-Dummy mf:PE-MF cd:PE-CD telecom:PE-TELECOM usim:PE-USIM "
     "opt-usim:PE-OPT-USIM isim:PE-ISIM opt-isim:PE-OPT-ISIM phonebook:PE-PHONEBOOK "
     "gsm-access:PE-GSM-ACCESS csim:PE-CSIM opt-csim:PE-OPT-CSIM eap:PE-EAP df-5gs:PE-DF-5GS "
     "df-saip:PE-DF-SAIP df-snpn:PE-DF-SNPN df-5gprose:PE-DF-5GPROSE iot:PE-IoT "
     "opt-iot:PE-OPT-IoT >"},
    {"PE-Dummy", "{ }"},
    {"ProfileHeader",
     "{ major-version:int(0..255) minor-version:int(0..255) profileType:utf8(1..100)? "
     "iccid:octets(10) pol:octets? eUICC-Mandatory-services:ServicesList "
     "eUICC-Mandatory-GFSTEList:[oid] connectivityParameters:octets? "
     "eUICC-Mandatory-AIDs:[{ aid:AID version:octets(2) }]? iotOptions:{ pix:octets(7..11) }? }"},
    {"ServicesList",
     "{ contactless:null? usim:null? isim:null? csim:null? milenage:null? tuak128:null? cave:null? "
     "gba-usim:null? gba-isim:null? mbms:null? eap:null? javacard:null? multos:null? "
     "multiple-usim:null? multiple-isim:null? multiple-csim:null? tuak256:null? "
     "usim-test-algorithm:null? ber-tlv:null? dfLink:null? cat-tp:null? get-identity:null? "
     "profile-a-x25519:null? profile-b-p256:null? suciCalculatorApi:null? dns-resolution:null? "
     "scp11ac:null? scp11c-authorization-mechanism:null? s16mode:null? eaka:null? }"},
    {"ProprietaryInfo",
     "{ specialFileInformation:octets(1)?@p0 fillPattern:octets(1..200)?@p1 "
     "repeatPattern:octets(1..200)?@p2 maximumFileSize:octets?@c6 fileDetails:octets(1)?@c4 }"},
    {"Fcp",
     "{ fileDescriptor:octets(2..4)?@c2 fileID:octets(2)?@c3 dfName:AID?@c4 lcsi:octets(1)?@c10 "
     "securityAttributesReferenced:octets(1..3)?@c11 efFileSize:octets?@c0 "
     "pinStatusTemplateDO:octets?@p6 shortEFID:octets(0..1)?@c8 "
     "proprietaryEFInfo:ProprietaryInfo?@c5 linkPath:octets(0..8)?@p7 }"},
    {"File",
     "[< doNotCreate:null fileDescriptor:Fcp fillFileOffset:int(0..65535) fillFileContent:octets >]"},
    {"PE-MF",
     "{ mf-header:PEHeader templateID:oid mf ef-pl? ef-iccid ef-dir ef-arr ef-umpc? }"},
    {"PE-CD",
     "{ cd-header:PEHeader templateID:oid df-cd ef-launchpad? ef-icon? }"},
    {"PE-TELECOM",
     "{ telecom-header:PEHeader templateID:oid df-telecom ef-arr? ef-rma? ef-sume? ef-ice-dn? "
     "ef-ice-ff? ef-psismsc? df-graphics? ef-img? ef-iidf? ef-ice-graphics? ef-launch-scws? "
     "ef-icon? df-phonebook? ef-pbr? ef-ext1? ef-aas? ef-gas? ef-psc? ef-cc? ef-puid? ef-iap? "
     "ef-adn? ef-pbc? ef-anr? ef-puri? ef-email? ef-sne? ef-uid? ef-grp? ef-ccp1? "
     "df-multimedia? ef-mml? ef-mmdf? df-mmss? ef-mlpl? ef-mspl? ef-mmssmode? df-mcs? ef-mst? "
     "ef-mcs-config? df-v2x? ef-vst? ef-v2x-config? ef-v2xp-pc5? ef-v2xp-Uu? }"},
    {"PE-USIM",
     "{ usim-header:PEHeader templateID:oid adf-usim ef-imsi ef-arr ef-keys? ef-keysPS? "
     "ef-hpplmn? ef-ust ef-fdn? ef-sms? ef-smsp? ef-smss? ef-spn ef-est ef-start-hfn? "
     "ef-threshold? ef-psloci? ef-acc ef-fplmn? ef-loci? ef-ad? ef-ecc ef-netpar? ef-epsloci? "
     "ef-epsnsc? }"},
    {"PE-OPT-USIM",
     "{ optusim-header:PEHeader templateID:oid ef-li? ef-acmax? ef-acm? ef-gid1? ef-gid2? "
     "ef-msisdn? ef-puct? ef-cbmi? ef-cbmid? ef-sdn? ef-ext2? ef-ext3? ef-cbmir? ef-plmnwact? "
     "ef-oplmnwact? ef-hplmnwact? ef-dck? ef-cnl? ef-smsr? ef-bdn? ef-ext5? ef-ccp2? ef-ext4? "
     "ef-acl? ef-cmi? ef-ici? ef-oci? ef-ict? ef-oct? ef-vgcs? ef-vgcss? ef-vbs? ef-vbss? "
     "ef-emlpp? ef-aaem? ef-hiddenkey? ef-pnn? ef-opl? ef-mbdn? ef-ext6? ef-mbi? ef-mwis? "
     "ef-cfis? ef-ext7? ef-spdi? ef-mmsn? ef-ext8? ef-mmsicp? ef-mmsup? ef-mmsucp? ef-nia? "
     "ef-vgcsca? ef-vbsca? ef-gbabp? ef-msk? ef-muk? ef-ehplmn? ef-gbanl? ef-ehplmnpi? "
     "ef-lrplmnsi? ef-nafkca? ef-spni? ef-pnni? ef-ncp-ip? ef-ufc? ef-nasconfig? ef-uicciari? "
     "ef-pws? ef-fdnuri? ef-bdnuri? ef-sdnuri? ef-ial? ef-ips? ef-ipd? ef-epdgid? "
     "ef-epdgselection? ef-epdgidem? ef-epdgselectionem? ef-frompreferred? ef-imsconfigdata? "
     "ef-3gpppsdataoff? ef-3gpppsdataoffservicelist? ef-xcapconfigdata? ef-earfcnlist? "
     "ef-mudmidconfigdata? ef-eaka? }"},
    {"PE-PHONEBOOK",
     "{ phonebook-header:PEHeader templateID:oid df-phonebook ef-pbr? ef-ext1? ef-aas? ef-gas? "
     "ef-psc? ef-cc? ef-puid? ef-iap? ef-adn? ef-pbc? ef-anr? ef-puri? ef-email? ef-sne? "
     "ef-uid? ef-grp? ef-ccp1? }"},
    {"PE-GSM-ACCESS",
     "{ gsm-access-header:PEHeader templateID:oid df-gsm-access ef-kc? ef-kcgprs? ef-cpbcch? "
     "ef-invscan? }"},
    {"PE-DF-5GS",
     "{ df-5gs-header:PEHeader templateID:oid df-df-5gs ef-5gs3gpploci? ef-5gsn3gpploci? "
     "ef-5gs3gppnsc? ef-5gsn3gppnsc? ef-5gauthkeys? ef-uac-aic? ef-suci-calc-info? ef-opl5g? "
     "ef-supinai? ef-routing-indicator? ef-ursp? ef-tn3gppsnn? ef-cag? ef-sor-cmci? ef-dri? "
     "ef-5gsedrx? ef-5gnswo-conf? ef-mchpplmn? ef-kausf-derivation? }"},
    {"PE-DF-SAIP",
     "{ df-saip-header:PEHeader templateID:oid df-df-saip ef-suci-calc-info-usim? }"},
    {"PE-DF-SNPN",
     "{ df-snpn-header:PEHeader templateID:oid df-df-snpn ef-pws-snpn? }"},
    {"PE-DF-5GPROSE",
     "{ df-5g-prose-header:PEHeader templateID:oid df-df-5g-prose ef-5g-prose-st? "
     "ef-5g-prose-dd? ef-5g-prose-dc? ef-5g-prose-u2nru? ef-5g-prose-ru? ef-5g-prose-uir? }"},
    {"PE-ISIM",
     "{ isim-header:PEHeader templateID:oid adf-isim ef-impi ef-impu ef-domain ef-ist ef-ad? "
     "ef-arr }"},
    {"PE-OPT-ISIM",
     "{ optisim-header:PEHeader templateID:oid ef-pcscf? ef-sms? ef-smsp? ef-smss? ef-smsr? "
     "ef-gbabp? ef-gbanl? ef-nafkca? ef-uicciari? ef-frompreferred? ef-imsconfigdata? "
     "ef-xcapconfigdata? ef-webrtcuri? ef-mudmidconfigdata? }"},
    {"PE-CSIM",
     "{ csim-header:PEHeader templateID:oid adf-csim ef-arr ef-call-count ef-imsi-m ef-imsi-t "
     "ef-tmsi ef-ah ef-aop ef-aloc ef-cdmahome ef-znregi ef-snregi ef-distregi ef-accolc "
     "ef-term ef-acp ef-prl ef-ruimid ef-csim-st ef-spc ef-otapaspc ef-namlock ef-ota ef-sp "
     "ef-esn-meid-me ef-li ef-usgind ef-ad ef-max-prl ef-spcs ef-mecrp ef-home-tag "
     "ef-group-tag ef-specific-tag ef-call-prompt }"},
    {"PE-OPT-CSIM",
     "{ optcsim-header:PEHeader templateID:oid ef-ssci? ef-fdn? ef-sms? ef-smsp? ef-smss? "
     "ef-ssfc? ef-spn? ef-mdn? ef-ecc? ef-me3gpdopc? ef-3gpdopm? ef-sipcap? ef-mipcap? "
     "ef-sipupp? ef-mipupp? ef-sipsp? ef-mipsp? ef-sippapss? ef-puzl? ef-maxpuzl? ef-hrpdcap? "
     "ef-hrpdupp? ef-csspr? ef-atc? ef-eprl? ef-bcsmscfg? ef-bcsmspref? ef-bcsmstable? "
     "ef-bcsmsp? ef-bakpara? ef-upbakpara? ef-mmsn? ef-ext8? ef-mmsicp? ef-mmsup? ef-mmsucp? "
     "ef-auth-capability? ef-3gcik? ef-dck? ef-gid1? ef-gid2? ef-cdmacnl? ef-sf-euimid? "
     "ef-est? ef-hidden-key? ef-lcsver? ef-lcscp? ef-sdn? ef-ext2? ef-ext3? ef-ici? ef-oci? "
     "ef-ext5? ef-ccp2? ef-applabels? ef-model? ef-rc? ef-smscap? ef-mipflags? ef-3gpduppext? "
     "ef-ipv6cap? ef-tcpconfig? ef-dgc? ef-wapbrowsercp? ef-wapbrowserbm? ef-mmsconfig? "
     "ef-jdl? }"},
    {"PE-EAP",
     "{ eap-header:PEHeader templateID:oid df-eap ef-eapkeys? ef-eapstatus ef-puid? ef-ps? "
     "ef-curid? ef-reid? ef-realm? }"},
    {"PE-IoT",
     "{ iot-header:PEHeader templateID:oid mf? ef-pl? ef-iccid? ef-dir? ef-arr? ef-umpc? "
     "adf-usim? ef-imsi ef-arr-usim? ef-keys? ef-keysPS? ef-hpplmn? ef-ust? ef-start-hfn? "
     "ef-threshold? ef-psloci? ef-acc ef-fplmn? ef-loci? ef-ad? ef-ecc? ef-netpar? }"},
    {"PE-OPT-IoT",
     "{ optiot-header:PEHeader templateID:oid ef-fdn? ef-sms? ef-smsp? ef-smss? ef-spn? "
     "ef-est? ef-oplmnwact? ef-hplmnwact? ef-ehplmn? ef-epsloci? ef-epsnsc? df-df-5gs? "
     "ef-5gs3gpploci? ef-5gsn3gpploci? ef-5gs3gppnsc? ef-5gsn3gppnsc? ef-5gauthkeys? "
     "ef-uac-aic? ef-suci-calc-info? ef-opl5g? ef-supi-nai? ef-routing-indicator? ef-ursp? "
     "ef-tn3gppsnn? df-df-saip? ef-suci-calc-info-usim? }"},
    {"PE-GenericFileManagement", "{ gfm-header:PEHeader fileManagementCMD:[FileManagement](1..) }"},
    {"FileManagement",
     "[< filePath:octets(0..8)@c0 createFCP:Fcp@a2 fillFileOffset:int(0..65535) "
     "fillFileContent:octets@c1 >](1..)"},
    {"AlgoParameter",
     "{ algorithmID:int{ milenage=1 tuak=2 usim-test-algorithm=3 } algorithmOptions:octets(1) "
     "key:octets opc:octets rotationConstants:octets(5)? xoringConstants:octets(80)? "
     "authCounterMax:octets(3)? numberOfKeccak:int(0..255)? }"},
    {"PE-AKAParameter",
     "{ aka-header:PEHeader algoConfiguration:< mappingParameter:{ mappingOptions:octets(1) "
     "mappingSource:AID } algoParameter:AlgoParameter > sqnOptions:octets(1)? sqnDelta:octets(6)? "
     "sqnAgeLimit:octets(6)? sqnInit:[octets(6)](32..32)? }"},
    {"PE-CDMAParameter",
     "{ cdma-header:PEHeader authenticationKey:octets(8) ssd:octets(16)? "
     "hrpdAccessAuthenticationData:octets(2..32)? simpleIPAuthenticationData:octets(3..483)? "
     "mobileIPAuthenticationData:octets(5..957)? }"},
    {"PINKeyReferenceValue",
     "int{ pinAppl1=1 pinAppl2=2 pinAppl3=3 pinAppl4=4 pinAppl5=5 pinAppl6=6 pinAppl7=7 pinAppl8=8 "
     "adm1=10 adm2=11 adm3=12 adm4=13 adm5=14 secondPINAppl1=129 secondPINAppl2=130 "
     "secondPINAppl3=131 secondPINAppl4=132 secondPINAppl5=133 secondPINAppl6=134 "
     "secondPINAppl7=135 secondPINAppl8=136 adm6=138 adm7=139 adm8=140 adm9=141 adm10=142 }"},
    {"PINConfiguration",
     "{ keyReference:PINKeyReferenceValue pinValue:octets(8) "
     "unblockingPINReference:PUKKeyReferenceValue? pinAttributes:int(0..255)? "
     "maxNumOfAttemps-retryNumLeft:int(0..255)? }"},
    {"PE-PINCodes",
     "{ pin-Header:PEHeader pinCodes:< pinconfig:[PINConfiguration](1..26) filePath:octets(0..8) > }"},
    {"PUKKeyReferenceValue",
     "int{ pukAppl1=1 pukAppl2=2 pukAppl3=3 pukAppl4=4 pukAppl5=5 pukAppl6=6 pukAppl7=7 pukAppl8=8 "
     "secondPUKAppl1=129 secondPUKAppl2=130 secondPUKAppl3=131 secondPUKAppl4=132 "
     "secondPUKAppl5=133 secondPUKAppl6=134 secondPUKAppl7=135 secondPUKAppl8=136 }"},
    {"PUKConfiguration",
     "{ keyReference:PUKKeyReferenceValue pukValue:octets(8) "
     "maxNumOfAttemps-retryNumLeft:int(0..255)? }"},
    {"PE-PUKCodes", "{ puk-Header:PEHeader pukCodes:[PUKConfiguration](1..16) }"},
    {"PE-SecurityDomain",
     "{ sd-Header:PEHeader instance:ApplicationInstance keyList:[KeyObject](1..)? "
     "sdPersoData:[octets](1..)? openPersoData:{ restrictParameter:octets(1)?@p25 "
     "contactlessProtocolParameters:octets? }? "
     "catTpParameters:{ catTpMaxSduSize:int(0..65535) catTpMaxPduSize:int(0..65535) }? }"},
    {"KeyObject",
     "{ keyUsageQualifier:octets(1..2)@c21 keyAccess:octets(1)?@c22 keyIdentifier:octets(1)@c2 "
     "keyVersionNumber:octets(1)@c3 keyCounterValue:octets?@c5 "
     "keyComponents:[{ keyType:octets@c0 keyData:octets@c6 macLength:int(0..255)?@c7 }](1..) }"},
    {"PE-Application",
     "{ app-Header:PEHeader loadBlock:ApplicationLoadPackage? "
     "instanceList:[ApplicationInstance](1..)? }"},
    {"ApplicationLoadPackage",
     "{ loadPackageAID:AID@a15 securityDomainAID:AID?@a15 nonVolatileCodeLimitC6:octets?@p6 "
     "volatileDataLimitC7:octets?@p7 nonVolatileDataLimitC8:octets?@p8 hashValue:octets?@p1 "
     "loadBlockObject:octets@p4 }"},
    {"ApplicationInstance",
     "{ applicationLoadPackageAID:AID@a15 classAID:AID@a15 instanceAID:AID@a15 "
     "extraditeSecurityDomainAID:AID?@a15 applicationPrivileges:octets@c2 "
     "lifeCycleState:octets(1)?@c3 applicationSpecificParametersC9:octets@p9 "
     "systemSpecificParameters:ApplicationSystemParameters?@p15 "
     "applicationParameters:UICCApplicationParameters?@p10 processData:[octets](1..)? "
     "controlReferenceTemplate:{ applicationProviderIdentifier:octets@a32 }?@c16 }"},
    {"ApplicationSystemParameters",
     "{ volatileMemoryQuotaC7:octets(2..4)?@p7 nonVolatileMemoryQuotaC8:octets(2..4)?@p8 "
     "globalServiceParameters:octets?@p11 implicitSelectionParameter:octets?@p15 "
     "volatileReservedMemory:octets(2..4)?@p23 nonVolatileReservedMemory:octets(2..4)?@p24 "
     "ts102226SIMFileAccessToolkitParameter:octets?@p10 "
     "ts102226AdditionalContactlessParameters:{ protocolParameterData:octets }?@c0 "
     "contactlessProtocolParameters:octets?@p25 userInteractionContactlessParameters:octets?@p26 "
     "cumulativeGrantedVolatileMemory:octets(2..4)?@c2 "
     "cumulativeGrantedNonVolatileMemory:octets(2..4)?@c3 }"},
    {"UICCApplicationParameters",
     "{ uiccToolkitApplicationSpecificParametersField:octets?@c0 "
     "uiccAccessApplicationSpecificParametersField:octets?@c1 "
     "uiccAdministrativeAccessApplicationSpecificParametersField:octets?@c2 }"},
    {"PE-RFM",
     "{ rfm-header:PEHeader@c0 instanceAID:AID@a15 securityDomainAID:AID?@a15 "
     "tarList:[octets(3)](1..)?@c0 minimumSecurityLevel:octets(1)@c1 uiccAccessDomain:octets "
     "uiccAdminAccessDomain:octets "
     "adfRFMAccess:{ adfAID:AID adfAccessDomain:octets adfAdminAccessDomain:octets }? }"},
    {"PE-NonStandard", "{ nonStandard-header:PEHeader issuerID:oid content:octets }"},
    {"PE-End", "{ end-header:PEHeader }"},
};

constexpr std::pair<const char*, Kind> kSimple[] = {
    {"octets", Kind::kOctets}, {"int", Kind::kInteger}, {"oid", Kind::kOid},
    {"utf8", Kind::kUtf8},     {"null", Kind::kNull},
};

/// X.680 8.6: the universal tag of a type.
Tag UniversalTag(Kind kind) {
  switch (kind) {
    case Kind::kInteger: return {0x00, 2};
    case Kind::kOctets: return {0x00, 4};
    case Kind::kNull: return {0x00, 5};
    case Kind::kOid: return {0x00, 6};
    case Kind::kUtf8: return {0x00, 12};
    default: return {0x00, 16};
  }
}

/// Reads the rows. A mistake in a row is ours: std::logic_error, and the unit test fails.
class Schema {
 public:
  Schema() {
    for (const Row& row : kRows) {
      named_[row.name] = Add();
      named_[row.name]->name = row.name;
    }
    for (const Row& row : kRows) {
      text_ = row.type;
      at_ = 0;
      Parse(*named_[row.name]);
      Space();
      if (at_ != text_.size()) { Fail("text after the type"); }
    }
    for (const auto& type : types_) { Tags(*type); }
    unknown_.kind = Kind::kUnknown;
  }

  const Type& Named(const std::string& name) const {
    const auto it = named_.find(name);
    if (it == named_.end()) { throw std::logic_error("no such type: " + name); }
    return *it->second;
  }
  const Type& unknown() const { return unknown_; }

 private:
  Type* Add() {
    types_.push_back(std::make_unique<Type>());
    return types_.back().get();
  }

  [[noreturn]] void Fail(const char* why) const {
    throw std::logic_error(std::string("schema: ") + why + ": " + std::string(text_.substr(at_)));
  }

  void Space() {
    while (at_ < text_.size() && text_[at_] == ' ') { ++at_; }
  }
  bool Accept(char c) {
    Space();
    if (at_ >= text_.size() || text_[at_] != c) { return false; }
    ++at_;
    return true;
  }
  void Expect(char c) {
    if (!Accept(c)) { Fail("expected another character"); }
  }
  std::string Word() {
    Space();
    const size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '-' || text_[at_] == '_')) {
      ++at_;
    }
    if (at_ == from) { Fail("expected a word"); }
    return std::string(text_.substr(from, at_ - from));
  }

  void Parse(Type& type) {
    if (Accept('{')) {
      type.kind = Kind::kSequence;
      Members(type, '}');
    } else if (Accept('<')) {
      type.kind = Kind::kChoice;
      Members(type, '>');
    } else if (Accept('[')) {
      type.kind = Kind::kSequenceOf;
      type.element = Reference();
      Expect(']');
      Range(type);
    } else {
      Simple(type, Word());
    }
  }

  void Simple(Type& type, const std::string& word) {
    for (const auto& [name, kind] : kSimple) {
      if (word != name) { continue; }
      type.kind = kind;
      Range(type);
      if (kind == Kind::kInteger && Accept('{')) {
        while (!Accept('}')) {
          const std::string named = Word();
          Expect('=');
          type.names.emplace_back(named, std::stoull(Word()));
        }
      }
      return;
    }
    Fail("unknown word");
  }

  /// "(8)", "(2..4)" or "(1..)".
  void Range(Type& type) {
    if (at_ >= text_.size() || text_[at_] != '(') { return; }
    ++at_;
    type.min = std::stoull(Word());
    type.max = type.min;
    if (Accept('.')) {
      Expect('.');
      type.max = UINT64_MAX;
      if (!Accept(')')) {
        type.max = std::stoull(Word());
        Expect(')');
      }
      return;
    }
    Expect(')');
  }

  const Type* Reference() {
    Space();
    const size_t from = at_;
    if (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_]))) {
      const auto it = named_.find(Word());
      if (it != named_.end()) { return it->second; }
      at_ = from;
    }
    Type* type = Add();
    Parse(*type);
    return type;
  }

  void Members(Type& type, char close) {
    while (!Accept(close)) {
      Member member;
      member.tag.number = kNoTag;
      member.name = Word();
      member.type = Accept(':') ? Reference() : named_.at("File");
      member.optional = Accept('?');
      if (Accept('@')) {
        const std::string tag = Word();
        member.tag = {static_cast<uint8_t>(std::string_view("uacp").find(tag[0]) << 6),
                      static_cast<uint32_t>(std::stoul(tag.substr(1)))};
      }
      type.members.push_back(std::move(member));
    }
  }

  void Tags(Type& type) {
    bool automatic = true;
    for (const Member& m : type.members) { automatic = automatic && m.tag.number == kNoTag; }
    uint32_t next = 0;
    for (Member& m : type.members) {
      if (automatic) {
        m.tag = {0x80, next++};
      } else if (m.tag.number == kNoTag) {
        m.tag = UniversalTag(m.type->kind);
      }
    }
  }

  static constexpr uint32_t kNoTag = UINT32_MAX;
  std::vector<std::unique_ptr<Type>> types_;
  std::map<std::string, Type*> named_;
  Type unknown_;
  std::string_view text_;
  size_t at_ = 0;
};

const Schema& TheSchema() {
  static const Schema schema;
  return schema;
}

}  // namespace

const Member* Type::Find(const std::string& member) const {
  for (const Member& m : members) {
    if (m.name == member) { return &m; }
  }
  return nullptr;
}

const Type& ProfileElement() { return TheSchema().Named("ProfileElement"); }
const Type& TypeNamed(const std::string& name) { return TheSchema().Named(name); }
const Type& UnknownType() { return TheSchema().unknown(); }

}  // namespace simurgh::offcard::saip
