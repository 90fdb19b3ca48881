#include "apdu/sw.h"

namespace simurgh::apdu {

Sw ToSw(Error error) {
  switch (error) {
    case Error::kOk:
      return Sw::kOk;
    case Error::kFormat:
      return Sw::kWrongData;
    case Error::kAuth:
    case Error::kAccess:
      return Sw::kSecurityNotSatisfied;
    case Error::kNotFound:
      return Sw::kReferencedDataNotFound;
    case Error::kExists:
      return Sw::kFileExists;
    case Error::kFull:
      return Sw::kNotEnoughMemory;
    case Error::kState:
      return Sw::kConditionsNotSatisfied;
    case Error::kBlocked:
      return Sw::kBlocked;
    case Error::kRange:
      return Sw::kWrongP1P2Unspecified;
    case Error::kUnsupported:
      return Sw::kFunctionNotSupported;
    case Error::kHardware:
    case Error::kCorrupt:
      return Sw::kMemoryProblem;
  }
  return Sw::kTechnicalProblem;
}

}  // namespace simurgh::apdu
