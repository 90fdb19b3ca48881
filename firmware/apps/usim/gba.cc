// GBA security context of AUTHENTICATE (TS 31.102 7.1, TS 33.220 5 and annex G).
#include "firmware/keys/gba.h"

#include "base/tlv.h"
#include "firmware/apps/usim/handlers.h"
#include "firmware/keys/aka.h"

namespace simurgh::apps::naa {
namespace {

using apdu::Command;
using apdu::Sw;

constexpr size_t kRandBytes = 16;
constexpr uint8_t kBootstrapping = 0xDD;
constexpr uint8_t kNafDerivation = 0xDE;
constexpr tlv::Tag kNafIdTag = 0x80;  // of EF.GBANL (TS 31.102 4.2.83)
constexpr tlv::Tag kBtidTag = 0x81;
constexpr size_t kMaxRecord = 255;

// EF.GBABP (TS 31.102 4.2.79): RAND, B-TID and key lifetime, each behind its length. The terminal
// adds the last two when the bootstrapping server has told it; until then they are empty, so that
// an old B-TID never stands beside a new RAND.
Error PutBootstrap(Session& session, const fs::File& gbabp, ConstBytes rand,
                   const keys::AkaAnswer& answer) {
  const fs::File& adf = session.channel.selection.adf;
  std::array<uint8_t, 1 + kRandBytes + 2> head{};
  head[0] = kRandBytes;
  Copy(Bytes(head).subspan(1), rand);
  store::Transaction transaction(session.store);
  keys::Gba gba(session.store, session.keys);
  TRY(gba.PutKs(adf.space, adf.object, answer.ck.view(), answer.ik.view(), rand));
  TRY(session.files.Write(gbabp, 0, head));
  return transaction.Commit();
}

Sw Bootstrap(Session& session, const fs::File& gbabp, ConstBytes data, Writer& out) {
  const Result<ConstBytes> rand = TakeField(data);
  const Result<ConstBytes> autn = rand.ok() ? TakeField(data) : rand;
  if (!autn.ok() || rand.value().size() != kRandBytes || !data.empty()) {
    return Sw::kWrongLength;
  }
  keys::Aka aka(session.store, session.keys);
  keys::AkaAnswer answer;
  const fs::File& adf = session.channel.selection.adf;
  const Error error = aka.Authenticate(adf.space, adf.object, rand.value(), autn.value(), answer,
                                       keys::AkaMode::kGbaU);
  if (error != Error::kOk) {
    return SwOf(error);
  }
  if (answer.synchronize) {
    out.Add8(0xDC);
    AddField(out, answer.auts_view());
    return Sw::kOk;
  }
  const Error put = PutBootstrap(session, gbabp, rand.value(), answer);
  if (put != Error::kOk) {
    return put == Error::kFull ? Sw::kAuthenticationMemory : apdu::ToSw(put);
  }
  out.Add8(0xDB);
  AddField(out, answer.res_view());
  return Sw::kOk;
}

/// B-TID as the terminal left it in EF.GBABP; empty when it did not.
ConstBytes ReadBtid(Session& session, const fs::File& gbabp, Bytes buffer) {
  const size_t size = std::min<size_t>(gbabp.size, buffer.size());
  if (session.files.Read(gbabp, 0, buffer.first(size)) != Error::kOk) {
    return {};
  }
  ConstBytes rest = buffer.first(size);
  const Result<ConstBytes> rand = TakeField(rest);
  const Result<ConstBytes> btid = rand.ok() ? TakeField(rest) : rand;
  return btid.ValueOr({});
}

/// The record for a NAF: the one it has, else a free one, else that of the NAF not used for the
/// longest time (TS 33.220 G.2). @error kFull: no record can be had.
Result<uint8_t> RecordFor(Session& session, const fs::File& gbanl, ConstBytes naf_id,
                          Bytes buffer) {
  const fs::File& adf = session.channel.selection.adf;
  const size_t count = std::min<size_t>(gbanl.record_count, keys::Gba::kNafs);
  uint8_t free = 0;
  for (uint8_t n = 1; n <= count; ++n) {
    const Bytes record = buffer.first(gbanl.record_length);
    TRY(session.files.ReadRecord(gbanl, n, record));
    const Result<tlv::Object> known = tlv::Find(record, kNafIdTag);
    if (known.ok() && Equal(known.value().value, naf_id)) {
      return n;
    }
    if (free == 0 && record[0] == 0xFF) {
      free = n;
    }
  }
  if (free == 0) {
    free = TRY(keys::Gba(session.store, session.keys).Oldest(adf.space, adf.object));
  }
  return free == 0 || free > count ? Result<uint8_t>(Error::kFull) : Result<uint8_t>(free);
}

/// Ks_int_NAF and its line in EF.GBANL, together.
Error PutNaf(Session& session, const fs::File& gbabp, const fs::File& gbanl, ConstBytes naf_id,
             const keys::Gba::NafKey& key) {
  if (gbanl.record_length == 0 || gbanl.record_length > kMaxRecord) {
    return Error::kFull;
  }
  const Bytes record = session.scratch.first(gbanl.record_length);
  const Bytes work = session.scratch.subspan(record.size());
  const uint8_t number = TRY(RecordFor(session, gbanl, naf_id, work));
  Writer line(record);
  tlv::Add(line, kNafIdTag, naf_id);
  tlv::Add(line, kBtidTag, ReadBtid(session, gbabp, work));
  if (line.overflow()) {
    return Error::kFull;
  }
  Fill(record.subspan(line.size()), 0xFF);

  const fs::File& adf = session.channel.selection.adf;
  store::Transaction transaction(session.store);
  keys::Gba gba(session.store, session.keys);
  TRY(gba.PutNafKey(adf.space, adf.object, number, key));
  TRY(session.files.WriteRecord(gbanl, number, record));
  return transaction.Commit();
}

Sw DeriveNaf(Session& session, const Application& application, const fs::File& gbabp,
             ConstBytes data, Writer& out) {
  const Result<ConstBytes> naf_id = TakeField(data);
  const Result<ConstBytes> impi = naf_id.ok() ? TakeField(data) : naf_id;
  if (!impi.ok() || naf_id.value().empty() || impi.value().empty() || !data.empty()) {
    return Sw::kWrongLength;
  }
  const fs::File& adf = session.channel.selection.adf;
  const Result<fs::File> gbanl = session.files.Child(adf, application.gbanl);
  keys::Gba gba(session.store, session.keys);
  keys::Gba::NafKey external;
  keys::Gba::NafKey internal;
  const Error error =
      gba.Derive(adf.space, adf.object, naf_id.value(), impi.value(), external, internal);
  if (error == Error::kNotFound || !gbanl.ok()) {
    return Sw::kConditionsNotSatisfied;  // G.2: a bootstrapping must have come before
  }
  if (error != Error::kOk) {
    return SwOf(error);
  }
  const Error put = PutNaf(session, gbabp, gbanl.value(), naf_id.value(), internal);
  if (put != Error::kOk) {
    return put == Error::kFull ? Sw::kAuthenticationMemory : apdu::ToSw(put);
  }
  out.Add8(0xDB);
  AddField(out, external.view());
  return Sw::kOk;
}

}  // namespace

Sw AuthenticateGba(Session& session, const Application& application, const Command& command,
                   Writer& out) {
  if (!Service(session, application.service_table, application.gba_service)) {
    return Sw::kAuthenticationContext;
  }
  const Result<fs::File> gbabp =
      session.files.Child(session.channel.selection.adf, application.gbabp);
  if (!gbabp.ok() || gbabp.value().size < 1 + kRandBytes + 2) {
    return Sw::kConditionsNotSatisfied;
  }
  if (command.data.empty()) {
    return Sw::kWrongLength;
  }
  const ConstBytes rest = command.data.subspan(1);
  switch (command.data[0]) {
    case kBootstrapping:
      return Bootstrap(session, gbabp.value(), rest, out);
    case kNafDerivation:
      return DeriveNaf(session, application, gbabp.value(), rest, out);
    default:
      return Sw::kWrongData;
  }
}

}  // namespace simurgh::apps::naa
