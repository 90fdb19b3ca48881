// Commands longer than RAM: their row says kStreams, and the handler gets the data in pieces.
#include "firmware/card/card.h"

namespace simurgh {

using apdu::Command;
using apdu::Effect;
using apdu::Entry;
using apdu::Sw;

namespace {

// CLA INS P1 P2 00 Lc1 Lc2 (ISO/IEC 7816-3 12.1.3).
constexpr size_t kExtendedHeader = 7;

}  // namespace

/// Called when command_ is full: is what has arrived the start of a streaming command? If so, hands
/// the data received so far to its row.
bool Card::TryStartStream() {
  const uint16_t total = Get16(command_, 5);
  const Result<apdu::Cla> cla = apdu::DecodeCla(command_[0]);
  if (!cla.ok() || command_[4] != 0 || total == 0 || cla.value().secure != 0 ||
      cla.value().chained || cla.value().channel >= config::kChannels ||
      !channels_[cla.value().channel].open || secure_.active_on(cla.value().channel)) {
    return false;
  }
  Command header;
  Copy(header.header, ConstBytes(command_).first(4));
  header.cla = cla.value();
  header.ins = command_[1];
  Sw why = Sw::kOk;
  const Entry* row = FindRow(channels_[header.cla.channel], header, &why);
  if (row == nullptr || row->effect != Effect::kStreams) {
    return false;
  }
  MindSuspension(header);
  rest_size_ = 0;
  streaming_ = {};
  streaming_.row = row;
  stream_ = Stream{};
  stream_.total = total;
  const size_t have = command_size_;
  StreamPiece(ConstBytes(command_).subspan(kExtendedHeader, have - kExtendedHeader));
  return true;
}

void Card::StreamPiece(ConstBytes part) {
  const uint32_t missing = stream_.total - stream_.offset;
  const size_t take = std::min<size_t>(part.size(), missing);
  streaming_.trailing += static_cast<uint32_t>(part.size() - take);
  if (take == 0) {
    return;
  }
  // Pieces are moved into the command buffer (behind its header), where handlers may change them.
  size_t done = 0;
  while (done < take) {
    const Bytes room = Bytes(command_).subspan(kExtendedHeader);
    const size_t now = std::min(room.size(), take - done);
    Copy(room, part.subspan(done, now));
    Command command;
    Copy(command.header, ConstBytes(command_).first(4));
    command.cla = apdu::DecodeCla(command_[0]).ValueOr(apdu::Cla{});
    command.ins = command_[1];
    command.p1 = command_[2];
    command.p2 = command_[3];
    command.extended = true;
    command.data = room.first(now);
    stream_.last_ = stream_.offset + now == stream_.total;
    if (streaming_.sw == Sw::kOk) {
      Writer out(Bytes(response_).first(config::kResponseBytes));
      Session session = SessionFor(command.cla.channel);
      streaming_.sw = streaming_.row->handler(session, command, out);
      streaming_.answer_size = out.size();
    }
    stream_.offset += static_cast<uint32_t>(now);
    done += now;
  }
}

ConstBytes Card::FinishStream() {
  const bool complete = stream_.offset == stream_.total;
  const bool le_fits = streaming_.trailing == 0 || streaming_.trailing == 2;
  const Sw sw = !complete || !le_fits ? Sw::kWrongLength : streaming_.sw;
  const size_t size = sw == Sw::kOk ? streaming_.answer_size : 0;
  streaming_ = {};
  stream_ = {};
  command_size_ = 0;
  Writer out(Bytes(response_).first(config::kResponseBytes));
  (void)out.Reserve(size);
  return Answer(out, sw);
}

}  // namespace simurgh
