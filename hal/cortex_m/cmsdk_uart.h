#pragma once

#include <array>
#include <cstdint>

#include "hal/serial.h"

namespace simurgh::hal::cortex_m {

/// The CMSDK APB UART (Arm DDI 0479): one byte of buffer in hardware, a ring behind it, filled by
/// the receive interrupt. A full ring leaves the byte in the UART, which stops the sender. The core
/// sleeps whenever there is nothing to do. There is one object; the interrupt finds it.
class CmsdkUart final : public Serial {
 public:
  CmsdkUart();
  size_t Read(Bytes out) override;
  bool Write(ConstBytes data) override;
  void OnReceive();  ///< interrupt handler

 private:
  void WaitUntilSent();

  static constexpr uint32_t kRing = 256;  // a power of two
  std::array<uint8_t, kRing> ring_{};
  volatile uint32_t head_ = 0;  ///< bytes ever put in; the interrupt writes it
  volatile uint32_t tail_ = 0;  ///< bytes ever taken out
};

}  // namespace simurgh::hal::cortex_m
