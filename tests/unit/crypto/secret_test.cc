#include "crypto/secret.h"

#include <gtest/gtest.h>

#include <new>

#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

TEST(Secret, GoesOutOfScope_LeavesNoBytes) {
  alignas(Secret<16>) std::array<uint8_t, sizeof(Secret<16>)> memory{};
  auto* secret = new (memory.data()) Secret<16>;
  secret->Assign(Hex("000102030405060708090a0b0c0d0e0f"));
  ASSERT_EQ(ToHex(secret->view()), "000102030405060708090a0b0c0d0e0f");
  const std::string marker = "0405060708090a0b";
  const ConstBytes seen(memory);
  ASSERT_NE(ToHex(seen).find(marker), std::string::npos);
  secret->~Secret();
  // Read through a volatile pointer: the object is dead, its bytes are what is looked at.
  const volatile uint8_t* bytes = memory.data();
  for (size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(bytes[i], 0) << i;
  }
}

TEST(Secret, Moved_SourceIsEmptyAndWiped) {
  Secret<8> a;
  a.Assign(Hex("1122334455667788"));
  Secret<8> b(std::move(a));
  EXPECT_EQ(ToHex(b.view()), "1122334455667788");
  EXPECT_EQ(a.size(), 0u);
  EXPECT_EQ(ToHex(a.buffer()), "0000000000000000");
}

TEST(Wipe, ClearsExactlyTheView) {
  std::array<uint8_t, 4> bytes{1, 2, 3, 4};
  Wipe(Bytes(bytes).subspan(1, 2));
  EXPECT_EQ(ToHex(bytes), "01000004");
}

}  // namespace
}  // namespace simurgh::crypto
