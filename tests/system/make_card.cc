// make_card FILE [MACHINE]: the provisioned card that the scripts expect, to try them by hand:
//   simurgh script tests/scripts/pin.apdu --card host:FILE
#include <cstdio>
#include <exception>

#include "tests/system/rig.h"

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: make_card FILE [host|mps2-an386|mps2-an505]\n");
    return 2;
  }
  try {
    simurgh::system_test::MakeCardFile(argv[1]);
    simurgh::system_test::TestCard card(argc == 3 ? argv[2] : "host", argv[1]);
    (void)simurgh::system_test::Provision(card, simurgh::system_test::KitFor());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_card: %s\n", e.what());
    return 1;
  }
  return 0;
}
