// A stream of commands against a whole, provisioned card. Input: two bytes of length and a command,
// again and again. A length with bit 15 set is an order instead: a reset (8000), the same command
// in pieces of n bytes (C000 | n), or the session of a key set opened and the next command wrapped
// (A000 | key version). Whatever comes, every answer is one, the card's view of its own store
// holds, and it boots again.
#include "tests/fuzz/card_fuzz.h"

namespace simurgh::test {
namespace {

void Provision(CardRig& rig) {
  const Subscriber one = NewSubscriber(1);
  const Subscriber two = NewSubscriber(2);
  const bool made =
      rig.Manufacture() &&
      rig.Install(rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})) == 0 &&
      rig.Install(rig.Pack({.id = 2, .iccid = two.iccid, .package = two.package})) == 0 &&
      rig.Enable(one.iccid) == 0;
  if (!made) {
    std::abort();
  }
}

/// Status words that an answer of data may carry; others come bare.
void CheckAnswer(const Response& r) {
  const uint8_t sw1 = static_cast<uint8_t>(r.sw >> 8);
  const bool known = sw1 == 0x90 || sw1 == 0x91 || sw1 == 0x92 || sw1 == 0x94 || sw1 == 0x98 ||
                     sw1 == 0x9F || (sw1 >= 0x61 && sw1 <= 0x6F);
  const bool may_have_data = sw1 == 0x90 || sw1 == 0x91 || (sw1 >= 0x61 && sw1 <= 0x63);
  if (!known || (!r.data.empty() && !may_have_data) || r.data.size() > config::kResponseBytes) {
    std::abort();
  }
}

struct Orders {
  size_t piece = 0;
  uint8_t wrap = 0;
};

Response Exchange(CardRig& rig, ConstBytes command, const Orders& orders) {
  if (orders.piece != 0) {
    return rig.SendPieces(command, orders.piece);
  }
  if (orders.wrap == 0 || command.size() < 4) {
    return rig.Send(command);
  }
  const uint8_t key = orders.wrap == 0x32   ? CardRig::kPersonalizationKey
                      : orders.wrap == 0x31 ? CardRig::kLoaderKey
                                            : CardRig::kIsdrKey;
  if (!rig.OpenSession(orders.wrap, key, 0x03)) {
    return rig.Send(command);
  }
  const ConstBytes data = command.size() > 5 ? command.subspan(5) : ConstBytes{};
  return rig.Wrapped(ToText(command.first(4)), data.first(std::min<size_t>(data.size(), 200)));
}

}  // namespace
}  // namespace simurgh::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace simurgh;
  using namespace simurgh::test;
  static FuzzCard fuzz(Provision);
  CardRig& rig = fuzz.Fresh();
  ConstBytes rest(data, std::min<size_t>(size, 20000));
  Orders orders;
  while (rest.size() >= 2) {
    const uint16_t head = Get16(rest);
    rest = rest.subspan(2);
    if (head == 0x8000) {
      rig.card().Reset();
      orders = {};
    } else if ((head & 0xE000) == 0xC000) {
      orders.piece = head & 0x1FFF;
    } else if ((head & 0xE000) == 0xA000) {
      orders.wrap = static_cast<uint8_t>(head);
    } else {
      const size_t n = std::min<size_t>(head & 0x3FFF, rest.size());
      CheckAnswer(Exchange(rig, rest.first(n), orders));
      rest = rest.subspan(n);
      orders = {};
    }
  }
  if (rig.session().store.open()) {
    std::abort();  // no command leaves its transaction open
  }
  fuzz.CheckBoots();
  return 0;
}
